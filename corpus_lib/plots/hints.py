"""Texts that appear when a reader points at a mark of an SVG: `<title>` elements, which need no script and are read aloud too."""

import io
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
_NAMES = {
    "": SVG, "xlink": "http://www.w3.org/1999/xlink", "dc": "http://purl.org/dc/elements/1.1/",
    "cc": "http://creativecommons.org/ns#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}  # fmt: skip


def with_hints(svg: bytes, hints: Mapping[str, Sequence[str]]) -> bytes:
    """The picture with a text for every mark of each group named in `hints`, in the order in which the marks were drawn."""
    for prefix, address in _NAMES.items():
        ElementTree.register_namespace(prefix, address)
    tree = ElementTree.parse(io.BytesIO(svg))
    groups = {str(group.get("id")): group for group in tree.iter(f"{{{SVG}}}g")}
    for name, texts in hints.items():
        for mark, text in zip(_marks(groups[name]), texts, strict=True):
            mark.set("pointer-events", "all")  # a hollow mark is pointed at by its middle
            ElementTree.SubElement(mark, f"{{{SVG}}}title").text = text
    out = io.BytesIO()
    tree.write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _marks(group: ElementTree.Element) -> list[ElementTree.Element]:
    """Marks are paths of their own or uses of one; the paths that are used stand in `defs`."""
    defined = {id(path) for defs in group.iter(f"{{{SVG}}}defs") for path in defs}
    return [
        mark for mark in group.iter() if mark.tag in (f"{{{SVG}}}path", f"{{{SVG}}}use") and id(mark) not in defined
    ]
