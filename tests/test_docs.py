"""What the documentation says is there, and does what it says."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

import corpus_lib as cl
from corpus_lib.run import commands as commands_module

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if ">>> " in text])
def test_the_examples_of_a_page_print_what_it_shows(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(TEXTS[name].replace("```", ""), {}, name, name, 0)
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example).failed == 0


def test_every_name_of_the_library_that_a_page_uses_exists():
    owners = {"cl": cl, "tokens": cl.Tokens, "corpus": cl.Corpus, "clean": cl.CleanCorpus, "model": cl.TopicModel}
    used = {
        (page, *m)
        for page, text in TEXTS.items()
        for m in re.findall(r"\b(cl|tokens|corpus|clean|model)\.([a-z]\w+)(?=\()", text)
    }
    assert len(used) > 20
    assert [found for found in sorted(used) if not hasattr(owners[found[1]], found[2])] == []


def test_every_command_of_a_page_is_one_that_the_command_line_takes():
    commands = [
        c for text in TEXTS.values() for c in re.findall(r"corpus-lib ([a-z]+ [^`\n]*)", text, flags=re.MULTILINE)
    ]
    assert len(commands) >= 4
    for command in commands:
        commands_module._parser().parse_args(shlex.split(command.replace("…", "PLACE"), comments=True))


def test_every_public_name_is_in_the_reference():
    reference = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/reference").glob("*.md"))
    missing = [
        name for name in cl._EXPORTS if not re.search(rf"corpus_lib\.{name}\b", reference) and name != "CorpusLibError"
    ]
    assert missing == []


def test_the_files_and_names_of_where_to_change_what_are_there():
    page = (ROOT / "docs/where-to-change-what.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ") and "`corpus_lib/" in line]
    assert len(rows) >= 10
    for _, file, what, *_ in rows:
        first = re.search(r"`(corpus_lib/[^`]+)`", file).group(1)
        text = (ROOT / first).read_text(encoding="utf-8")
        missing = [
            name
            for name in re.findall(r"`(_?[A-Z]+|_?[a-z]+_[a-z]+|\[[a-z]+\])`", what.split(". For")[0])
            if name not in text
        ]
        assert missing == [], first
    assert [file for file in re.findall(r"`(corpus_lib/[^`]+)`", page) if not (ROOT / file).exists()] == []


def test_the_map_of_the_rooms_names_every_room_and_no_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.search(r"\| room of .*?\n\n", readme, re.DOTALL).group(0).splitlines()[2:]
    named = {name for row in rows for name in re.findall(r"`([^`]+?)/?`", row.split(" | ")[0])}
    there = {path.name for path in (ROOT / "corpus_lib").iterdir() if path.name[0] not in "_."} | {"__main__.py"}
    assert named == there - {"notebooks", "py.typed"}


def test_every_link_between_pages_leads_to_a_file():
    for page in [*PAGES, *(ROOT / "docs/decisions").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_make_target_that_a_page_names_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page, text in TEXTS.items():
        for target in re.findall(r"`make ([a-z-]+)", text):
            assert re.search(rf"^[a-z -]*\b{target}\b[a-z -]*:", makefile, flags=re.MULTILINE), f"{page}: make {target}"
