"""Tables to search and figures to point at: the same without a network, escaped, and plain where no script runs."""

import gzip
import re
import subprocess
import sys
from base64 import b64decode
from importlib.util import find_spec
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from corpus_lib import interactive, plots
from corpus_lib.display.allow_list import clean_html
from corpus_lib.errors import NotFound
from corpus_lib.report.accessible import accessible

HOSTILE = '<img src=x onerror="alert(1)"> $x_1$ </script><script>alert(2)</script>'


def concordance():
    rows = [("a", 3, HOSTILE, "NATO", "is"), ("b", 7, "of the", "NATO", "北约")]
    return pd.DataFrame(rows, columns=["doc_id", "line", "left", "node", "right"])


def keyness():
    return pd.DataFrame(
        {
            "frequency_target": [9, 1, 4], "frequency_reference": [1, 9, 4], "log_ratio": [3.17, -3.17, 0.0],
            "log_likelihood": [7.36, -7.36, 0.0], "log_ratio_conservative": [0.4, 0.0, 0.0], "p_value": [0.0067, 0.00000123, np.nan],
        },
        index=pd.Index(["war", "<b>peace</b>", "and"], name="token"),
    )  # fmt: skip


def unpacked(browser):
    return gzip.decompress(b64decode(re.search(r'atob\("([^"]+)"\)', browser.html)[1])).decode()


def table_of(browser):
    """The part that holds the table, after the program."""
    html = unpacked(browser)
    return html[html.index("quarto-html-table-processing") :]


with_itables = pytest.mark.skipif(find_spec("itables") is None, reason="itables is not installed (extra `interactive`)")


@with_itables
def test_a_table_shows_its_first_rows_without_a_script_and_all_of_them_with_one():
    frame = pd.DataFrame({"word": [f"w{i}" for i in range(40)], "n": range(40)})
    browser = interactive.browse(frame)
    static = browser.html[: browser.html.index("<script")]
    assert "10 of 40 rows" in static and "w9" in static and "w10<" not in static
    assert repr(browser).startswith("10 of 40 rows")
    assert all(f"w{i}" in table_of(browser) for i in range(40))


@with_itables
def test_nothing_is_loaded_from_anywhere():
    html = unpacked(interactive.browse(concordance()))
    program = re.sub(r'inject(?:Module|CSS)\("[^"]+"\)', "", html)
    assert "window._itables" in program and "import {" not in program
    assert not re.search(
        r'(?:src|href)="?https?:|from\s+[\'"]https?:|import\(\s*[\'"]https?:|url\(\s*[\'"]?https?:',
        program.replace("<a href=", ""),
    )


@with_itables
def test_text_of_the_corpus_is_never_html():
    browser = interactive.browse(concordance())
    for html in (browser.html, table_of(browser)):
        assert "<img" not in html and "alert(2)</script>" not in html
    assert browser.html.count("<script") == browser.html.count("</script>") == 1


@with_itables
def test_the_report_keeps_a_plain_table_and_no_script():
    stripped = re.sub("(?is)<(style|script)[^>]*>.*?</[ ]*[a-z]+[^>]*>", "", interactive.browse(concordance()).html)
    page = accessible(clean_html(stripped))
    assert "atob" not in page and "Loading" not in page and page.count("<table") == 1
    assert len(re.findall(r'<th[^>]*scope="col"', page)) == 6 and "北约" in page


@with_itables
def test_the_left_context_is_set_against_the_node():
    sides = table_of(interactive.browse(concordance()))
    assert '"className": "dt-right", "targets": 2' in sides
    assert '"className": "dt-center", "targets": 3' in sides
    assert "dt-center" not in table_of(interactive.browse(keyness()))


@with_itables
def test_columns_are_chosen_and_an_absent_one_is_named():
    assert "occurrences" not in table_of(interactive.browse(keyness(), columns=["log_ratio"]))
    with pytest.raises(
        NotFound, match=r"`columns` must be columns of the table; these are not: 'rank'. There are 'doc_id', 'line'"
    ):
        interactive.browse(concordance(), columns=["line", "rank"])


@with_itables
def test_a_named_index_is_a_column_and_small_numbers_are_not_nothing():
    table = table_of(interactive.browse(keyness()))
    assert "<th>word</th>" in table and "&lt;b&gt;peace" in table
    assert "0.0067" in table and "1.2e-06" in table


@with_itables
def test_a_long_table_says_what_it_leaves_out():
    frame = pd.DataFrame({"n": range(60)})
    assert "<p>The first 50 of 60 rows.</p>" in unpacked(interactive.browse(frame, n=50))
    assert "<p>The first" not in unpacked(interactive.browse(frame, n=60))


@with_itables
def test_the_same_table_gives_the_same_cell():
    assert interactive.browse(concordance()).html == interactive.browse(concordance()).html
    assert interactive.browse(concordance()).html != interactive.browse(concordance().tail(1)).html


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "itables.javascript", None)
    with pytest.raises(NotFound, match=r"Install it with: pip install 'corpus_lib\[interactive\]'"):
        interactive.browse(concordance())


def test_itables_is_imported_only_when_a_table_is_made():
    code = "import sys, corpus_lib.report.interactive; print('itables' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def marks_of(svg):
    """Text of each mark with a hint, by group."""
    name = "{http://www.w3.org/2000/svg}"
    groups = {g.get("id"): g for g in ElementTree.fromstring(svg).iter(f"{name}g")}
    return {
        gid: [mark.findtext(f"{name}title") for mark in group.iter() if mark.find(f"{name}title") is not None]
        for gid, group in groups.items()
        if gid in ("target-sure", "target-unsure", "reference-sure", "reference-unsure")
    }


def test_every_mark_of_the_volcano_says_its_word():
    found = pd.DataFrame({"sure": [True]}, index=["war"])
    found.attrs["tested"] = True
    svg = plots.keyness_volcano(keyness(), found=found).svg()
    assert marks_of(svg) == {
        "target-sure": ["war: log ratio 3.2, G² 7.4, 9 to 1"],
        "target-unsure": [],
        "reference-sure": [],
        "reference-unsure": ["<b>peace</b>: log ratio -3.2, G² 7.4, 1 to 9", "and: log ratio 0.0, G² 0.0, 4 to 4"],
    }
    assert svg == plots.keyness_volcano(keyness(), found=found).svg()


def test_marks_that_share_a_shape_have_their_own_hints():
    """Many marks of one size are written as uses of one path."""
    many = pd.concat([keyness()] * 60).assign(log_likelihood=np.linspace(-60, 60, 180))
    svg = plots.keyness_volcano(many, 0).svg()
    assert "<use" in svg and len(re.findall(r"<title>(?:war|&lt;b&gt;peace|and)", svg)) == 180


def test_a_figure_of_very_many_words_has_no_hints():
    many = pd.concat([keyness()] * 700)
    drawn = plots.keyness_volcano(many, 0)
    assert drawn.hints == {}
    with pytest.raises(NotFound, match="`plot` must have marks with hints"):
        interactive.hover(drawn)


def test_hovering_keeps_picture_and_text_for_those_who_do_not_point():
    drawn = plots.keyness_volcano(keyness())
    data, facts = interactive.hover(drawn)._repr_mimebundle_()
    plain, plain_facts = drawn._repr_mimebundle_()
    assert {kind: data[kind] for kind in plain} == plain and facts == plain_facts
    assert data["text/html"].startswith("<figure><svg ") and "<title>war: log ratio" in data["text/html"]
    assert "<script" not in data["text/html"] and "<b>peace" not in data["text/html"]
