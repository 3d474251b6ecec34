"""Draw the figures of the notebooks anew and compare them with the stored ones, picture by picture.

    .venv/bin/python tools/check_figures.py [notebooks/03_keywords.ipynb …]

Strict nbval compares what a figure says, its caption and alternative text, and no pixel. Here the notebooks are executed in memory and each
picture is held against the stored one with matplotlib's own comparison. Nothing is written but the differences, into the folder that is named.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from matplotlib.testing.compare import compare_images
from matplotlib.testing.exceptions import ImageComparisonFailure
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm.auto import tqdm

ROOT = Path(__file__).parents[1]
TOLERANCE = 0.1
"""Root mean square of the differences, of 255. The locked versions draw the same bytes; five dots of a colour one shade off give about 0.4."""


def figures(notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """The pictures of a notebook by code cell and place: "9.1" is the first picture of the ninth."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = {}
    for number, cell in enumerate(code, 1):
        pictures = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
        found |= {f"{number}.{place}": base64.b64decode(data) for place, data in enumerate(pictures, 1)}
    return found


def differences(stored: dict[str, bytes], drawn: dict[str, bytes], name: str, folder: Path) -> Iterator[str]:
    """One sentence for every figure that is not as stored; the pictures compared are left in `folder`."""
    for place in sorted({*stored, *drawn}, key=lambda place: [int(part) for part in place.split(".")]):
        if place not in stored or place not in drawn:
            yield f"{name}, code cell {place}: {'only stored' if place in stored else 'not stored'}"
            continue
        paths = {kind: folder / f"{name}-{place}-{kind}.png" for kind in ("stored", "drawn")}
        paths["stored"].write_bytes(stored[place])
        paths["drawn"].write_bytes(drawn[place])
        try:
            found = compare_images(str(paths["stored"]), str(paths["drawn"]), TOLERANCE, in_decorator=True)
        except ImageComparisonFailure as error:
            yield f"{name}, code cell {place}: {' '.join(str(error).split())}"
            continue
        if found is not None:
            yield f"{name}, code cell {place}: differs by {found['rms']:.1f} of 255 (tolerance {TOLERANCE}), see {found['diff']}"


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run the notebook from its own folder in a fresh kernel that says nothing on the terminal."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources, extra_arguments=["--log-level=50"]
    ).execute()


def main() -> int:
    """Compare the notebooks that are named, or all; 1 if any figure differs."""
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    folder = Path(tempfile.mkdtemp(prefix="figures-"))
    wrong, n = [], 0
    for path in tqdm(paths, disable=None, unit="notebook"):
        notebook = nbformat.read(path, as_version=4)
        stored = figures(notebook)
        n += len(stored)
        try:
            execute(notebook, path.parent)
        except CellExecutionError as error:
            wrong.append(f"{path.stem} cannot be executed: {error.ename}: {error.evalue}")
        else:
            wrong += differences(stored, figures(notebook), path.stem, folder)
    print(f"{n} figures compared, {len(wrong) or 'none'} different")
    print("".join(f"  {line}\n" for line in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
