"""A project folder: what is in it, that it is refused where something is, and that its notebooks run and hold their results."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from corpus_lib.__main__ import main
from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile
from corpus_lib.project import new_project
from corpus_lib.run import find_notebooks, run
from corpus_lib.run_options import read_options
from corpus_lib.study import load_study

TEXT = "The members of the council met in the old town and spoke at length of {0}. They agreed that {0} was needed.\n\n"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, subject in (("a", "peace"), ("b", "trade")):
        (folder / f"{name}.txt").write_text(TEXT.format(subject) * 3, encoding="utf-8")
    return folder


def parameters(path: Path) -> dict[str, Any]:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if "parameters" in cell.metadata.get("tags", [])]
    values: dict[str, Any] = {}
    exec(cells[0].source, values)
    return values


def test_a_project_has_a_place_for_texts_and_every_notebook_set_to_it(tmp_path: Path) -> None:
    files = new_project(tmp_path / "mine")
    assert [str(path) for path in files if path.suffix != ".ipynb"] == [
        "README.md",
        "corpus/README.md",
        "run.toml",
        "study.toml",
    ]
    notebooks = [path.name for path in files if path.suffix == ".ipynb"]
    assert notebooks == [path.name for path in find_notebooks()]
    for name in notebooks:
        values = parameters(tmp_path / "mine" / "notebooks" / name)
        assert (values["CORPUS"], values["STUDY"], values["LOADING"]) == ("../corpus", "../study.toml", {})
        cells = nbformat.read(tmp_path / "mine" / "notebooks" / name, as_version=4).cells
        assert not [cell for cell in cells if cell.get("outputs")]
    assert load_study(tmp_path / "mine" / "study.toml").title == "Words and topics of a corpus"
    with pytest.raises(InvalidValue, match="at least one readable document"):
        options = read_options({}, str(tmp_path / "mine" / "run.toml"))
        run(options["corpus"], options["out"], notebooks=options["notebooks"], dry_run=True)


def test_a_corpus_is_copied_with_its_study_and_left_as_it_is(tmp_path: Path, texts: Path) -> None:
    (texts / "study.toml").write_text('title = "Ours"\nquestion = "Why?"\nreference = "list.csv"\n')
    (texts / "list.csv").write_text("token,frequency\nwar,3\n")
    before = {path: path.read_bytes() for path in texts.iterdir()}
    new_project(tmp_path / "mine", corpus=texts)
    assert {path: path.read_bytes() for path in texts.iterdir()} == before
    assert (tmp_path / "mine" / "corpus" / "a.txt").read_bytes() == before[texts / "a.txt"]
    study = load_study(tmp_path / "mine" / "study.toml")
    assert (study.title, study.reference) == ("Ours", str(tmp_path / "mine" / "list.csv"))
    assert not (tmp_path / "mine" / "corpus" / "study.toml").exists()


def test_a_table_is_read_in_the_project_as_it_was_outside(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("name,body\nx,One text.\n", encoding="utf-8")
    new_project(tmp_path / "mine", corpus=tmp_path / "table.csv", loading={"text_column": "body"})
    options = read_options({}, str(tmp_path / "mine" / "run.toml"))
    assert options["text_column"] == "body"
    values = parameters(tmp_path / "mine" / "notebooks" / "00_overview.ipynb")
    assert (values["CORPUS"], values["LOADING"]) == ("../corpus/table.csv", {"text_column": "body"})
    result = run(
        options["corpus"], options["out"], notebooks=options["notebooks"], loading=values["LOADING"], dry_run=True
    )
    assert {notebook.status for notebook in result.notebooks} == {"planned"}


def test_nothing_is_overwritten_and_nothing_is_left_of_a_project_that_failed(tmp_path: Path, texts: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    cases: list[tuple[Path, Any, type[CorpusLibError], str]] = [
        (tmp_path / "full", None, InvalidValue, "holds mine.txt"),
        (tmp_path / "full" / "mine.txt", None, InvalidValue, "is a file"),
        (texts / "inside", texts, InvalidValue, "must lie outside the corpus"),
        (tmp_path / "new", tmp_path / "nowhere", MissingFile, "does not exist"),
        (tmp_path / "full" / "mine.txt" / "below", None, CorpusLibError, "could not be written"),
    ]
    before = sorted(tmp_path.rglob("*"))
    for folder, corpus, error, words in cases:
        with pytest.raises(error, match=words):
            new_project(folder, corpus=corpus)
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    assert new_project(tmp_path / "empty")


def test_its_notebooks_run_from_any_folder_and_nbval_holds_their_results(
    tmp_path: Path, texts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my project", "--corpus", "texts"]) == 0
    assert capsys.readouterr().out.endswith("Next: python -m corpus_lib run --config 'my project/run.toml'\n")
    rest = ["01", "02", "03", "04", "05", "06"]
    assert main(["run", "--config", "my project/run.toml", "--skip", *rest]) == 0
    home = tmp_path / "my project"
    assert "Two documents" in (home / "results" / "index.html").read_text()
    copy = home / "results" / "notebooks" / "00_overview.ipynb"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        str(copy),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
    assert done.returncode == 0, done.stdout[-2000:]
