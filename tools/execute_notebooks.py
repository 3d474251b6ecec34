"""Run the notebooks in place and keep their outputs: after a change that is meant to change results.

    .venv/bin/python tools/execute_notebooks.py [notebooks/03_keywords.ipynb …]

Each notebook is run from its own folder in a fresh kernel and written whole or not at all. What changes from run to run or between machines
(timings, versions of the kernel) is taken out, so that the difference in version control is the difference in results.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from tqdm.auto import tqdm

from corpus_lib.files import write_text

ROOT = Path(__file__).parents[1]


def normalised(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without timings and kernel versions; its cells named by their position."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        }
    )
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02d}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def main() -> None:
    """Execute the notebooks that are named, or all."""
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    for path in tqdm(paths, disable=None, unit="notebook"):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            extra_arguments=["--log-level=50"],
        ).execute()
        write_text(path, nbformat.writes(normalised(notebook)) + "\n")
    print(f"executed {len(paths)} notebooks")


if __name__ == "__main__":
    main()
