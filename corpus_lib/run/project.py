"""A project folder of your own: a place for the texts, the notebooks to edit, a study file, the options of the run, and a README.

Everything in it is plain text that its owner may change; what was not changed behaves as the notebooks that come with the library.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus_lib.errors import InvalidValue, check_notebooks
from corpus_lib.files import is_inside, one_sentence, temporary
from corpus_lib.folders import NOTHING
from corpus_lib.loading.formats import FILE_SUFFIXES, TABLE_SUFFIXES
from corpus_lib.loading.load import load_corpus
from corpus_lib.run.options import PATHS, loading_among, toml_of
from corpus_lib.run.plan import STUDY, choose_study, find_notebooks, read_notebook
from corpus_lib.study.study_file import load_study
from corpus_lib.wordlists.stopwords import read_words

TEMPLATES = Path(__file__).parent / "project_templates"
# What stands at the top of a project.
OWN = ("corpus", "notebooks", "results", STUDY, "coding.csv", "run.toml", "README.md")


def new_project(
    folder: str | Path, *, corpus: str | Path | None = None, loading: Mapping[str, Any] = NOTHING
) -> list[Path]:
    """Start a project: `corpus/`, `notebooks/`, `study.toml`, `run.toml` and `README.md` in a new or empty folder.

    Parameters
    ----------
    folder
        The project's folder; it must not hold anything yet.
    corpus
        A folder of texts or a table that is copied into `corpus/`; without it `corpus/` waits for the texts.
    loading
        Arguments for `load_corpus`: `text_column`, `id_column`, `encoding`, `separator`, `sheet`.

    Returns
    -------
    list of Path
        The files that were written, relative to `folder`; the folder is there whole or not at all.

    Raises
    ------
    InvalidValue
        If the folder is a file or holds something, or lies inside the corpus.
    MissingFile, InvalidValue
        If the corpus cannot be read.
    OutputError
        If the folder cannot be written.
    """
    folder = Path(folder)
    study: Path | None = None
    check_notebooks("nbformat")
    _check(folder, corpus)
    read_words(loading.get("stopwords"))
    if corpus is not None:
        loaded = load_corpus(corpus, **loading_among(loading))
        # The study file that a run of this corpus would take.
        study, _, _ = choose_study(Path(corpus), None, find_notebooks()[0].parent, loaded)
    advice = "Free some space, or choose another folder."
    with one_sentence(f"`folder` could not be written: {folder.name!r}", advice):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary(folder.resolve(), folder=True) as half:
            _fill(half, corpus, study, loading)
            _check(folder, corpus)  # somebody else may have made it meanwhile
            half.replace(folder.resolve())
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _check(folder: Path, corpus: str | Path | None) -> None:
    if folder.exists() and not folder.is_dir():
        raise InvalidValue(f"`folder` must be a new or empty folder; {folder.name!r} is a file. Choose another name.")
    held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if held:
        some = ", ".join(held[:3]) + (", …" if len(held) > 3 else "")
        raise InvalidValue(
            f"`folder` must be a new or empty folder; {str(folder)!r} holds {some}. Choose another: nothing is overwritten."
        )
    if corpus is not None and Path(corpus).is_dir() and folder.resolve().is_relative_to(Path(corpus).resolve()):
        raise InvalidValue(
            f"`folder` must lie outside the corpus, which is copied into it; {str(folder)!r} lies in {str(corpus)!r}. Choose another."
        )


def _fill(home: Path, corpus: str | Path | None, study: Path | None, loading: Mapping[str, Any]) -> None:
    name = _copy_corpus(home / "corpus", Path(corpus)) if corpus is not None else "corpus"
    beside = {name: Path(loading[name]) for name in PATHS if loading.get(name)}
    loading = {**loading, **{name: _copied(home, corpus, name, file) for name, file in beside.items()}}
    (home / "corpus").mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(home / "corpus" / "README.md"):
        shutil.copyfile(TEMPLATES / "corpus.md", home / "corpus" / "README.md")
    _copy_notebooks(home / "notebooks", name, loading)
    _write_study(home, study)
    options = {"corpus": home / name, "out": home / "results", "study": home / "study.toml"}
    options |= {"notebooks": home / "notebooks", **loading}
    options |= {name: home / "notebooks" / loading[name] for name in beside}
    (home / "run.toml").write_text(toml_of(options, home), encoding="utf-8")
    shutil.copyfile(TEMPLATES / "README.md", home / "README.md")


def _copy_corpus(home: Path, corpus: Path) -> str:
    """Copy the texts; the corpus's path inside the project."""
    if corpus.is_dir():
        shutil.copytree(corpus, home, symlinks=True)
        return "corpus"
    home.mkdir(parents=True)
    shutil.copy2(corpus, home / corpus.name)
    for beside in ("overrides.csv", "overrides.jsonl"):
        if (corpus.parent / beside).is_file():
            shutil.copy2(corpus.parent / beside, home / beside)
    return f"corpus/{corpus.name}"


def _copied(home: Path, corpus: str | Path | None, name: str, file: Path) -> str:
    """Copy a file that an option names, if it does not lie among the texts; its path as the notebooks see it."""
    if corpus is not None and is_inside(file, corpus):
        return f"../corpus/{file.resolve().relative_to(Path(corpus).resolve()).as_posix()}"
    place = f"{name}{file.name.lower().removeprefix(file.stem.lower())}"
    shutil.copy2(file, home / place)
    return f"../{place}"


def _copy_notebooks(home: Path, corpus: str, loading: Mapping[str, Any]) -> None:
    """The library's notebooks without results, their parameters set to the project's files; modules beside them come along."""
    import nbformat

    home_of = {"CORPUS": f"../{corpus}", "STUDY": "../study.toml"}
    values = home_of | ({"LOADING": dict(loading)} if loading else {})
    home.mkdir(parents=True)
    for path in find_notebooks():
        notebook = read_notebook(path)
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = "\n".join(_with_value(line, values) for line in cell.source.splitlines())
        (home / path.name).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _with_value(line: str, values: Mapping[str, Any]) -> str:
    """A line `NAME = value  # reason` with another value."""
    name = line.partition(" = ")[0]
    if name not in values:
        return line
    _, mark, reason = line.partition("  #")
    # A string of JSON is one of Python, whatever a file is called.
    return f"{name} = {json.dumps(values[name], ensure_ascii=False)}{mark}{reason}"


def _write_study(home: Path, study: Path | None) -> None:
    """The corpus's own study with the coding and the reference beside it, else a template."""
    if study is None:
        shutil.copyfile(TEMPLATES / STUDY, home / STUDY)
        return
    shutil.copy2(study, home / STUDY)
    coding = study.with_name("coding.csv")
    if coding.is_file():
        shutil.copy2(coding, home / "coding.csv")
    held = load_study(study)
    for key, file in (("reference", held.reference), ("stopwords", held.stopwords)):
        if file is not None and Path(file).exists():
            _copy_named(key, Path(file), Path(file).relative_to(study.parent), home)
    for name in ("study.toml", "coding.csv"):  # one study for a project, or the two would drift apart
        (home / "corpus" / name).unlink(missing_ok=True)


def _copy_named(key: str, reference: Path, name: Path, home: Path) -> None:
    """A list, or a folder of texts, to the place that the study names; nothing that programs read as their own, and nothing over a project's file."""

    def is_read(path: Path) -> bool:
        return path.name.lower().endswith((*FILE_SUFFIXES, *TABLE_SUFFIXES)) and not path.name.startswith(".")

    def left_out(folder: str, names: list[str]) -> list[str]:
        paths = [Path(folder) / name for name in names]
        return [path.name for path in paths if path.is_symlink() or not (path.is_dir() or is_read(path))]

    place, wanted = home / name, ""
    if not (reference.is_dir() or is_read(reference)):
        wanted = f"be a folder, or a file that ends in {', '.join((*FILE_SUFFIXES, *TABLE_SUFFIXES))}"
    if ".." in name.parts or name.parts[:1] in ((), *((taken,) for taken in OWN)) or place.exists():
        wanted = f"have a name that no file of a project has ({', '.join(OWN)})"
    if wanted:
        raise InvalidValue(f"`{key}` of {STUDY} must {wanted}; found {str(name)!r}. Rename it there and in {STUDY}.")
    place.parent.mkdir(parents=True, exist_ok=True)
    if reference.is_dir():
        shutil.copytree(reference, place, ignore=left_out)
    else:
        shutil.copy2(reference, place)
