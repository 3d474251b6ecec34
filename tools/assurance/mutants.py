"""Mutants of a module: its source with one small fault each, as a tired programmer would make it.

A mutant replaces one stretch of the source text, so that it can be shown as the line it changes. Docstrings, annotations, decorators, imports and
`__all__` are left alone: no test of behaviour could notice a change there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

Change = tuple[int, int, str, str]

OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"),
    ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any", "ones": "zeros", "zeros": "ones",
    "floor": "ceil", "ceil": "floor",
}  # fmt: skip
# Parts of a regular expression and what stands there by mistake; escaped characters are passed over.
EXPRESSIONS = (
    (r"\(\?=", "(?!"), (r"\(\?!", "(?="), (r"\(\?<=", "(?<!"), (r"\(\?<!", "(?<="), (r"\[\^", "["), (r"(?<=[\])\w}])\+", "*"), (r"(?<=[\])\w}])\*", "+"),
    (r"(?<=[^(])\?(?![=!<:])", ""), (r"(?<!\[)\^", ""), (r"\$", ""), (r"\|", ""),
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Mutant:
    """One fault: the stretch of the source that it replaces, and by what."""

    start: int
    end: int
    after: str
    kind: str
    line: int
    name: str

    def applied(self, source: str) -> str:
        """The source with the fault."""
        return source[: self.start] + self.after + source[self.end :]

    def falls_into(self, share: int) -> bool:
        """Whether the mutant is in a sample of one in `share`, the same one whenever it is drawn."""
        return int(sha256(self.name.encode()).hexdigest(), 16) % share == 0


def mutants(source: str) -> list[Mutant]:
    """All mutants that compile, in the order of the source."""
    tree = ast.parse(source)
    # Offsets of the parser count bytes; the source is cut in characters.
    raw = source.encode()
    starts = [0, *accumulate(len(line) for line in raw.splitlines(keepends=True))]

    def at(line: int, column: int) -> int:
        return len(raw[: starts[line - 1] + column].decode())

    found = set()
    for node in _mutable(tree):
        span = (at(node.lineno, node.col_offset), at(node.end_lineno or node.lineno, node.end_col_offset or 0))
        for start, end, after, kind in _changes(node, source, span, at):
            line = source.count("\n", 0, start) + 1
            found.add(Mutant(start, end, after, kind, line, _name(source, start, end, after)))
    return sorted(mutant for mutant in found if _compiles(mutant.applied(source)))


def _name(source: str, start: int, end: int, after: str) -> str:
    """The lines around the fault, with the fault in them: what does not move when other lines change."""
    first, last = source.rfind("\n", 0, start) + 1, source.find("\n", end)
    shown = f"{source[first:start]}⟦{source[start:end]} → {after}⟧{source[end:last]}"
    return " ".join(shown.split())


def _compiles(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _mutable(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The nodes that stand for behaviour."""
    skipped: set[int] = set()
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        skipped |= set(map(id, node.decorator_list))
    if isinstance(node, ast.FunctionDef):
        skipped.add(id(node.returns))
    for field in ("annotation", "format_spec"):
        skipped.add(id(getattr(node, field, None)))
    for child in ast.iter_child_nodes(node):
        if id(child) in skipped or _is_description(child):
            continue
        if isinstance(child, (ast.expr, ast.stmt)):
            yield child
        # Parts of an f-string have no place of their own in the source.
        if not isinstance(child, ast.JoinedStr):
            yield from _mutable(child)


def _is_description(node: ast.AST) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    listed = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"
    for_types = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return docstring or listed or for_types or isinstance(node, (ast.Import, ast.ImportFrom))


def _changes(
    node: ast.expr | ast.stmt, source: str, span: tuple[int, int], at: Callable[[int, int], int]
) -> Iterator[Change]:
    start, end = span

    def inside(part: ast.expr) -> tuple[int, int]:
        return at(part.lineno, part.col_offset), at(part.end_lineno or part.lineno, part.end_col_offset or 0)

    match node:
        case ast.Compare():
            for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
                yield from _operator(op, source, inside(left)[1], inside(right)[0], "comparison")
        case ast.BinOp():
            yield from _operator(node.op, source, inside(node.left)[1], inside(node.right)[0], "arithmetic")
        case ast.BoolOp():
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield from _operator(node.op, source, inside(left)[1], inside(right)[0], "boolean")
        case ast.AugAssign():
            yield from _operator(node.op, source, inside(node.target)[1], inside(node.value)[0], "arithmetic")
        case ast.UnaryOp():
            yield start, inside(node.operand)[0], "", "sign or negation"
        case ast.Constant() | ast.JoinedStr():
            yield from _constant(node, source[start:end], start, end)
        case ast.Return() if node.value is not None and source[start:end] != "return None":
            yield start, end, "return None", "result"
        case ast.If() | ast.IfExp() | ast.While():
            a, b = inside(node.test)
            yield a, b, f"(not ({source[a:b]}))", "condition"
        case ast.Subscript(slice=ast.Slice(lower=lower, upper=upper)):
            for bound in (lower, upper):
                if bound is not None:
                    yield *inside(bound), "", "slice"
        case ast.Expr(value=ast.Call()):
            yield start, end, "pass", "statement"
        case ast.Break():
            yield start, end, "continue", "loop"
        case ast.Continue():
            yield start, end, "break", "loop"
        case ast.Name(ctx=ast.Load()) if node.id in NAMES:
            yield start, end, NAMES[node.id], "name"
        case ast.Attribute(ctx=ast.Load()) if node.attr in NAMES:
            yield end - len(node.attr), end, NAMES[node.attr], "name"


def _operator(op: ast.AST, source: str, start: int, end: int, kind: str) -> Iterator[Change]:
    """The operator between two operands, and the one that is put in its place."""
    if type(op) in OPERATORS:
        sign, other = OPERATORS[type(op)]
        place = source.find(sign, start, end)
        if place >= 0:
            yield place, place + len(sign), other, kind


def _constant(node: ast.Constant | ast.JoinedStr, text: str, start: int, end: int) -> Iterator[Change]:
    value = getattr(node, "value", "")
    if isinstance(value, bool):
        yield start, end, str(not value), "constant"
    elif isinstance(value, (int, float)):
        yield start, end, repr(value + 1 if abs(value) <= 100 else value * 10), "constant"
        if value:
            yield start, end, "0", "constant"
    elif isinstance(value, str):
        quote = re.search("['\"]+", text)
        if quote is not None:
            # One mark of a triple quotation is as good as three.
            yield start + quote.end(), start + quote.end(), "XX", "text"
            yield from _expression(text, start)


def _expression(text: str, start: int) -> Iterator[Change]:
    """Faults in a regular expression, which is known by its look-arounds, classes and classes of characters."""
    if not re.search(r"\(\?[=!<:]|\[\^?[^\]]*\]\+?|\\[wWdDsS]", text):
        return
    escaped = {m.start() + 1 for m in re.finditer(r"\\.", text)}
    for pattern, after in EXPRESSIONS:
        for m in re.finditer(pattern, text):
            if m.start() not in escaped:
                yield start + m.start(), start + m.end(), after, "expression"
