"""The documentation as a site: `make docs`, without a network, every warning an error."""

import sys
from pathlib import Path
from typing import Any

from docutils.nodes import Element, SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[1]))

import corpus_lib

project = "corpus_lib"
author = "The corpus_lib authors"
copyright = "2026, the corpus_lib authors"
release = version = corpus_lib.__version__

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Links out of docs/ (to a notebook, the licence) are links to files of the repository, which the site does not carry.
suppress_warnings = ["myst.xref_missing"]
exclude_patterns = ["_build"]

autodoc_typehints = "none"  # numpydoc's parameter tables say what the annotations say, with shapes and units
autodoc_member_order = "bysource"
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = "corpus_lib"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_math_renderer = "mathml"


def setup(app: Sphinx) -> None:
    """Formulas as MathML, which browsers draw themselves: the usual renderer would fetch a script while a page is read."""

    def visit(writer: Any, node: Element) -> None:
        writer.body.append(tex2mathml(node.astext(), as_block=node.tagname == "math_block"))
        raise SkipNode

    app.add_html_math_renderer("mathml", inline_renderers=(visit, None), block_renderers=(visit, None))
