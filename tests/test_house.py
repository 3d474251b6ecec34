"""The rooms of the library: a lower one never imports a higher one."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDER = [
    {"errors", "files", "folders", "immutable"}, {"display", "languages"}, {"corpus"}, {"loading", "tokens"}, {"wordlists"}, {"voices"}, {"cleaning"}, {"index"},
    {"measures"}, {"context", "topics"}, {"coding"}, {"plots"}, {"report"}, {"study"}, {"run"}, {"__main__"},
]  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
# They know frames and plain values, no corpus.
BY_SIGHT = {"plots", "report"}, {"display", "errors", "files", "folders", "immutable", "plots", "report"}


def imports(path: Path) -> set[str]:
    """Rooms that a file imports from, wherever the import stands: in functions and for types too."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    named += [f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names]
    assert not [n for n in nodes if isinstance(n, ast.ImportFrom) and n.level], f"{path.name} names a module by dots"
    return {n.split(".")[1] for n in named if n.startswith("corpus_lib.")} - {"__version__"}


def points_up(room: str, other: str) -> bool:
    if room in BY_SIGHT[0] and other not in BY_SIGHT[1]:
        return True
    return room != other and RANK[other] >= RANK[room] > 0


def test_no_import_points_up():
    found = []
    for path in sorted((ROOT / "corpus_lib").rglob("*.py")):
        room = path.relative_to(ROOT / "corpus_lib").with_suffix("").parts[0]
        if room != "__init__":
            found += [
                f"{path.relative_to(ROOT)} imports {other}" for other in sorted(imports(path)) if points_up(room, other)
            ]
    assert found == []


def test_an_import_that_points_up_would_be_noticed(tmp_path):
    (tmp_path / "a.py").write_text("def f():\n    from corpus_lib.cleaning.lines import Line\n")
    assert imports(tmp_path / "a.py") == {"cleaning"}
    assert points_up("corpus", "cleaning") and points_up("plots", "tokens") and points_up("loading", "tokens")
    assert not points_up("cleaning", "corpus") and not points_up("files", "errors")
