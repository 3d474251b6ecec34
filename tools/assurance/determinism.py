"""Same input, settings and versions: the same bytes, whatever else differs.

Two whole runs differ in time zone, locale, hash seed, threads, umask and the order in which the folder lists its files. Then the same corpus under each
Python that can be installed here, from the lock: tables and texts are compared, and what differs is listed.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.assurance.figures import ROOT, Figure
from tools.assurance.material import tree, write_corpus

PLAIN = {
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}
OTHER = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "4711",
    "OPENBLAS_NUM_THREADS": "2",
    "OMP_NUM_THREADS": "2",
    "NUMBA_NUM_THREADS": "2",
}
# Every listing of a folder backwards: what a file system's order may do at most.
SHUFFLE = """
import os, random
listdir, scandir = os.listdir, os.scandir
os.listdir = lambda *a: sorted(listdir(*a), reverse=True)
class Backwards:
    def __init__(self, *a):
        with scandir(*a) as found: self.found = iter(sorted(found, key=lambda e: e.name, reverse=True))
    __iter__ = lambda self: self
    __next__ = lambda self: next(self.found)
    __enter__ = lambda self: self
    def __exit__(self, *a): pass
    def close(self): pass
os.scandir = Backwards
"""
PYTHONS = ("3.11", "3.12", "3.13")
COMPUTING = ("numpy", "scipy", "pandas", "scikit-learn")
TABLES = r"^(tables|figures)/.*\.(csv|jsonl|svg)$"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """Two surroundings, then the Pythons; `--no-pythons` leaves these out."""
    with tempfile.TemporaryDirectory(prefix="assurance-determinism-") as scratch:
        place = Path(scratch)
        figures = _surroundings(place)
        return figures if "--no-pythons" in arguments else figures + _pythons(place)


def _surroundings(place: Path) -> list[Figure]:
    corpora = [write_corpus(place / name / "corpus", 11, documents=4) for name in ("one", "two")]
    # Written again in the other order, so that file systems that list by age list otherwise too.
    for path in sorted(corpora[1].iterdir(), reverse=True):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    guard = place / "backwards"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(SHUFFLE)
    trees = [
        _run(sys.executable, corpora[0], place / "one" / "out", PLAIN, 0o022, ROOT),
        _run(sys.executable, corpora[1], place / "two" / "out", OTHER, 0o077, ROOT, guard),
    ]
    return _compared("time zone, locale, hash seed, threads, umask, file order", *trees)


def _run(
    python: str, corpus: Path, out: Path, surroundings: dict[str, str], umask: int, root: Path, *first: Path
) -> dict[str, str]:
    path = os.pathsep.join(map(str, [*first, root]))
    environment = {**os.environ, **surroundings, "PYTHONPATH": path}
    command = [python, "-m", "corpus_lib", "run", "--corpus", "corpus", "--out", "out"]
    ran = subprocess.run(
        command, cwd=corpus.parent, env=environment, umask=umask, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)}: {ran.stderr[-300:]}")
    return tree(out)


def _compared(what: str, one: dict[str, str], two: dict[str, str], only: str = "") -> list[Figure]:
    names = [name for name in one.keys() | two.keys() if re.search(only, name)]
    differ = sorted(name for name in names if one.get(name) != two.get(name))
    found = f"{len(names) - len(differ)} of {len(names)}" + (f"; not {', '.join(differ[:6])}" if differ else "")
    return [Figure("determinism", f"{what}: equal files", found, "all", bool(names) and not differ)]


# ----------------------------------------------------------------------------------------------------------------- Pythons


def _pythons(place: Path) -> list[Figure]:
    """The same corpus under every Python: tables byte for byte; pages name the Python and are left out."""
    corpus = write_corpus(place / "pythons" / "corpus", 11, documents=4)
    found: dict[str, dict[str, str]] = {}
    packages: dict[str, str] = {}
    figures = []
    for version in PYTHONS:
        python = _environment(version)
        if python is None:
            figures.append(Figure("determinism", f"Python {version}", "cannot be installed here", "", True))
            continue
        found[version] = _run(str(python), corpus, corpus.parent / "out", PLAIN, 0o022, ROOT)
        (corpus.parent / "out").rename(place / f"out-{version}")
        packages[version] = _packages(python)
    first, *others = found
    for other in others:
        # Equal bytes are promised for equal versions, and the lock may hold a newer NumPy for a newer Python.
        like = next((v for v in list(found)[: list(found).index(other)] if packages[v] == packages[other]), None)
        what = f"Python {like or first} and {other}" + ("" if like else f" ({packages[first]}; {packages[other]})")
        one, two = found[like or first], found[other]
        if not like:
            near = [n for n in one if n in two and _near(place / f"out-{first}" / n, place / f"out-{other}" / n)]
            two = two | {name: one[name] for name in near}
        figures += _compared(f"{what}, tables and figures{'' if like else ' to nine digits'}", one, two, TABLES)
    return figures


def _packages(python: Path) -> str:
    """Versions of what computes."""
    program = (
        f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {COMPUTING!r}))"
    )
    return subprocess.run([str(python), "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def _near(one: Path, two: Path) -> bool:
    """Whether two tables or drawings differ in nothing but the last digits of numbers."""
    if not re.search(TABLES, one.relative_to(one.parents[1]).as_posix()):
        return False
    (words, numbers), (others, against) = (
        (NUMBER.sub("", text), [float(n) for n in NUMBER.findall(text)])
        for text in (path.read_text(encoding="utf-8") for path in (one, two))
    )
    close = zip(numbers, against, strict=False)
    return (
        words == others
        and len(numbers) == len(against)
        and all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in close)
    )


def _environment(version: str) -> Path | None:
    """An environment of this Python from the lock, kept between runs; none where the Python or a package cannot be had."""
    lock = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:12]
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "corpus_lib-assurance" / f"{version}-{lock}"
    )
    python = cache / "bin" / "python"
    if (cache / ".ready").exists():
        return python
    shutil.rmtree(cache, ignore_errors=True)
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
    steps = [
        [*uv, "venv", "--quiet", "--python", _interpreter(version), str(cache)],
        [*install, "--require-hashes", "-r", str(ROOT / "bootstrap.lock")],
        [*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")],
        [*install, "--no-deps", "--no-build-isolation", str(ROOT)],
    ]
    for step in steps:
        if subprocess.run(step, capture_output=True, check=False).returncode:
            return None
    (cache / ".ready").touch()
    return python


def _interpreter(version: str) -> str:
    """A Python of this version among pyenv's, else on the path, else the version for uv to find: pyenv's stand-ins on the path may lead nowhere."""
    places = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python3"))
    return str(places[-1]) if places else shutil.which(f"python{version}") or version
