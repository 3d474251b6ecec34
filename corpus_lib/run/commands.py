"""The commands: their arguments, what they do, what each says at its end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile

# What a run counts at its end.
MADE = {
    "page": "pages/*.html",
    "table": "tables/*.csv",
    "figure": "figures/*.png",
    "review page": "pages/review/**/*.html",
}
EXIT_CODES = """\
exit codes:
  0    everything was done
  1    a notebook failed, or the corpus changed during the run; the rest is there
  2    the command, the corpus or another input cannot be used; one sentence says why
  3    the command did its work, but what it says could not be written to standard output
  130  stopped by Ctrl-C; every file that was written is whole
"""
CORPUS_HELP = "folder of texts (.txt .md .html .docx .pdf), or a table (.csv .tsv .jsonl .jsonl.gz .parquet .xlsx) with a column `text`"


def done(arguments: Sequence[str] | None) -> int:
    """Read the arguments and run the command; its exit code."""
    try:
        given = _parser().parse_args(arguments)
    except SystemExit as end:  # help was asked for, or the arguments are none; argparse said so
        return int(end.code or 0)
    command: Callable[[argparse.Namespace], int] = given.do
    try:
        return command(given)
    except CorpusLibError as error:
        print(f"corpus_lib {given.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            f"corpus_lib {given.command}: stopped. Every file that was written is whole; the same command goes on from there.",
            file=sys.stderr,
        )
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="corpus-lib", epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="From a folder of scraped articles to keywords and topics that lead back to the byte.",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_run(_command(commands, "run", _run, "execute the notebooks on a corpus and write the report"))
    _add_new(
        _command(commands, "new", _new, "start a project folder: corpus, notebooks, study and options of your own")
    )
    _add_clean(_command(commands, "clean", _clean, "write the clean texts and every decision of the cleaning"))
    _add_override(
        _command(
            commands,
            "override",
            _override,
            "write down a person's decision about a line or a field, for the cleaning to replay",
        )
    )
    _add_keywords(
        _command(
            commands, "keywords", _keywords, "compare the words of two corpora, or of a corpus and a frequency list"
        )
    )
    _add_index(_command(commands, "index", _index, "load, clean and tokenize a corpus of any size into a folder"))
    return parser


def _command(
    commands: Any, name: str, do: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.set_defaults(do=do)
    return parser


def _add_loading(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--text-column", metavar="NAME", help="column of a table that holds the texts (default: text)")
    add("--id-column", metavar="NAME", help="column of a table that names the texts")
    add("--encoding", metavar="NAME", help="encoding of the files, where it is known (default: detected for each file)")


def _loading(given: argparse.Namespace) -> dict[str, Any]:
    from corpus_lib.run.options import loading_of

    return loading_of(vars(given))


# ------------------------------------------------------------------------------------------------------------------ run


def _add_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--corpus", metavar="PATH", help=CORPUS_HELP)
    add("--out", metavar="DIR", help="folder for the report; index.html is its entry page")
    _add_loading(parser)
    add(
        "--config",
        metavar="FILE",
        help='TOML file with these options by name (corpus = "…"), paths relative to the file and inside its folder; options on the command line win. A run writes its own as DIR/run.toml',
    )
    add("--study", metavar="FILE", help="study file; by default study.toml in the corpus's folder, else a plain study")
    add("--target", metavar="NAME", help="document or group that is compared with the others")
    add(
        "--group-by",
        metavar="COLUMN",
        help="column of the documents, or variable of the coding, that divides the corpus",
    )
    add(
        "--sampled",
        metavar="COLUMN",
        help="column of what was sampled, an author or an outlet, whose texts count as one when groups are compared",
    )
    add("--reference", metavar="NAME|PATH", help="list that comes with the library, frequency list, or corpus")
    add("--unit", choices=("document", "paragraph"), help="what words must share to form a topic")
    add("--topics", type=int, metavar="N", help="number of topics; by default what the corpus supports")
    add("--language", metavar="CODE", help="language of the analysis, for instance en")
    add("--skip", action="extend", nargs="+", metavar="NN", help="notebooks to leave out, by number")
    add(
        "--notebooks",
        metavar="DIR",
        help="notebooks of your own, named NN_name.ipynb; they are programs, so a file of options cannot name them alone",
    )
    add("--dry-run", action="store_true", help="check everything and say what would be done; write nothing")


def _run(given: argparse.Namespace) -> int:
    from corpus_lib.folders import Output
    from corpus_lib.run.options import loading_of, parameters_of, read_options, toml_of
    from corpus_lib.run.run import run

    options = read_options(vars(given), given.config)
    result = run(
        options["corpus"], options["out"], study=options.get("study"), notebooks=options.get("notebooks"), parameters=parameters_of(options),
        loading=loading_of(options), skip=options.get("skip") or (), dry_run=given.dry_run,
    )  # fmt: skip
    if given.dry_run:
        return _said_of_dry_run(result)
    output = Output(result.out)
    if output.is_own("run.toml"):
        output.write("run.toml", toml_of(options, result.out).encode())
        output.close()
    else:
        print(f"{result.out / 'run.toml'} is not as a run wrote it, and stays as it is.")
    return _said(result)


def _said_of_dry_run(result: Any) -> int:
    """Print what a run would do; its exit code."""
    for note in result.notes:
        print(note)
    for notebook in result.notebooks:
        said = ", ".join(f"{name}={value!r}" for name, value in notebook.parameters.items())
        what = {"planned": "would be executed", "unchanged": "would stay as it is"}.get(
            notebook.status, notebook.status
        )
        print(f"{notebook.name}: {what} with {said}")
    print("Nothing was written.")
    return 0


def _said(result: Any) -> int:
    """Print what became of a run; its exit code."""
    from corpus_lib.display.text import counted

    for note in result.notes:
        print(note)
    for notebook in result.failed:
        print(f"{notebook.name} failed: {notebook.error.rstrip('.')}. Its page shows how far it came.", file=sys.stderr)
    if result.corpus_changed:
        print(
            "The corpus changed during the run, so the pages may speak of two states of it. Run it again.",
            file=sys.stderr,
        )
    counts = {
        status: sum(n.status == status for n in result.notebooks)
        for status in ("done", "unchanged", "failed", "skipped")
    }
    print(f"Notebooks: {', '.join(f'{n} {status}' for status, n in counts.items() if n)}.")
    made = ", ".join(counted(len(list(result.out.glob(pattern))), name) for name, pattern in MADE.items())
    print(f"Wrote {result.index} with {made}.")
    return int(result.exit_code)


# ------------------------------------------------------------------------------------------------------------------ new


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="folder of the project; new or empty")
    parser.add_argument("--corpus", metavar="PATH", help=f"texts to copy into it: {CORPUS_HELP}")
    _add_loading(parser)


def _new(given: argparse.Namespace) -> int:
    from corpus_lib.run.options import again
    from corpus_lib.run.project import new_project

    files = new_project(given.folder, corpus=given.corpus, loading=_loading(given))
    folder = Path(given.folder)
    texts = "" if given.corpus else f"Put the texts into {folder / 'corpus'}, then run"
    print(f"Wrote {given.folder}: {', '.join(dict.fromkeys(path.parts[0] for path in files))}.")
    print(f"{texts or 'Next:'} {again(str(folder / 'run.toml'), {'notebooks': folder / 'notebooks'})}")
    return 0


# ---------------------------------------------------------------------------------------------------------------- clean


def _add_clean(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", required=True, metavar="PATH", help=CORPUS_HELP)
    _add_loading(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for texts/, review/, saved/ and the tables")
    _add_overrides(parser)


def _clean(given: argparse.Namespace) -> int:
    from corpus_lib.cleaning.overrides import overrides_beside
    from corpus_lib.cleaning.pipeline import clean_corpus
    from corpus_lib.cleaning.settings import CleaningSettings
    from corpus_lib.corpus.clean import CLEAN_TABLES
    from corpus_lib.display.spreadsheet import table_files
    from corpus_lib.files import output_lock, safe_name, sweep_temporaries
    from corpus_lib.folders import Output, check_output, refuse_strangers
    from corpus_lib.loading.load import load_corpus
    from corpus_lib.report.review_page import review_html

    out = Path(given.out)
    check_output(out, {"corpus": given.corpus, "overrides": given.overrides})
    Output(out).check()
    refuse_strangers(out / "saved")
    corpus = load_corpus(given.corpus, **_loading(given))
    _overrides(given.overrides)
    decisions = given.overrides or overrides_beside(given.corpus)
    # Before the output is locked, so that stale decisions in strict mode leave nothing behind.
    clean = clean_corpus(corpus, settings=CleaningSettings(strict_overrides=given.strict), overrides=decisions)
    tables = {name: getattr(clean, name) for name in CLEAN_TABLES if name != "segments"} | {"problems": corpus.problems}
    names = {doc_id: safe_name(doc_id) for doc_id in clean.documents.index}
    files = [f"texts/{name}.txt" for name in names.values()] + [f"review/{name}.html" for name in names.values()]
    files += [f"{name}{suffix}" for name in tables for suffix in (".csv", ".jsonl")]
    with output_lock(out):
        sweep_temporaries(out, below=True)
        output = Output(out)
        output.check(files)
        for doc_id, name in names.items():
            output.write(f"texts/{name}.txt", (clean.text(doc_id) + "\n").encode())
            output.write(f"review/{name}.html", review_html(clean, doc_id).encode())
        for name, frame in tables.items():
            for suffix, data in table_files(frame).items():
                output.write(f"{name}{suffix}", data)
        output.remove(output.states.keys() - set(files))
        output.close()
        clean.save(out / "saved")
    print(f"{clean!r}")
    _say_overrides(decisions, clean.overrides)
    print(
        f"Wrote {out}: {len(clean.documents)} texts/, {len(clean.documents)} review/, {len(tables)} tables (.csv, .jsonl), and saved/ for CleanCorpus.load."
    )
    return 0


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overrides",
        metavar="FILE",
        help="a person's decisions (.csv or .jsonl), which win over the rules; by default the overrides.csv beside the texts",
    )
    parser.add_argument("--strict", action="store_true", help="fail when a decision no longer fits the texts")


def _overrides(path: str | None) -> None:
    if path is not None and not Path(path).is_file():
        raise MissingFile(f"`overrides` must name a .csv or .jsonl file; {path!r} does not exist. Check the spelling.")


def _say_overrides(file: str | Path | None, overrides: Any) -> None:
    if file is not None:
        counts = overrides["status"].value_counts()
        print(f"{Path(file).name}: {', '.join(f'{counts.get(s, 0)} {s}' for s in ('applied', 'redundant', 'stale'))}.")


def _add_override(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("corpus", metavar="CORPUS", help=CORPUS_HELP)
    _add_loading(parser)
    add("doc", metavar="DOC", help="doc_id of the document")
    add("line", metavar="LINE", help="number of the line; - for a field of the whole document")
    add("to", metavar="LABEL", help="the right label of the line; with --field the right value")
    add(
        "--field",
        default="label",
        metavar="NAME",
        help="field of the document (title, author, date_published, …) instead of a line's label",
    )
    add("--why", required=True, metavar="TEXT", help="the reason, shown wherever the decision is")
    add("--who", default="", metavar="NAME", help="who decided")
    add(
        "--file",
        metavar="FILE",
        help="where the decision is written (.csv or .jsonl); by default overrides.csv beside the texts",
    )


def _override(given: argparse.Namespace) -> int:
    from datetime import date

    from corpus_lib.cleaning.overrides import SIDECARS, append_override, make_override, overrides_beside
    from corpus_lib.cleaning.pipeline import clean_corpus
    from corpus_lib.folders import check_apart
    from corpus_lib.loading.load import load_corpus

    if given.field == "label" and not given.line.isdecimal():
        raise InvalidValue(
            f"`line` must be the number of a line; found {given.line!r}. For a field of the document, name it with --field and write - here."
        )
    corpus = load_corpus(given.corpus, **_loading(given))
    folder = Path(given.corpus) if Path(given.corpus).is_dir() else Path(given.corpus).parent
    file = Path(given.file) if given.file else overrides_beside(given.corpus) or folder / "overrides.csv"
    if file.name not in SIDECARS:
        check_apart(file, {"corpus": given.corpus}, name="file")
    clean = clean_corpus(corpus, overrides=file if file.is_file() else None)
    line = int(given.line) if given.field == "label" else None
    row = make_override(
        clean,
        given.doc,
        given.to,
        line=line,
        field=given.field,
        who=given.who,
        when=date.today().isoformat(),
        why=given.why,
    )
    append_override(file, row)
    what = f"line {given.line}" if line else given.field
    print(f"Wrote {file}: {what} of {given.doc!r} is {given.to!r}; without this row {row['from']!r}.")
    if overrides_beside(given.corpus) == file:
        print("`run`, `clean`, `keywords` and `index` read it from there by themselves.")
    else:
        print(f"Replay it with clean --overrides {file}.")
    return 0


# ------------------------------------------------------------------------------------------------------------- keywords


def _add_keywords(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--target", required=True, metavar="PATH", help=f"{CORPUS_HELP}; or a frequency list")
    add(
        "--reference",
        required=True,
        metavar="NAME|PATH",
        help="the same, or the name of a list that comes with the library",
    )
    add(
        "--out",
        required=True,
        metavar="FILE.csv",
        help="table of keywords; the untouched values are written beside it as .jsonl",
    )
    add(
        "--measures",
        default="standard",
        metavar="NAMES",
        help="standard, all, or names of measures with commas between them",
    )
    add(
        "--correction",
        default="holm",
        choices=("holm", "fdr_bh", "bonferroni", "none"),
        help="correction of the p-values for the number of words",
    )
    add("--no-clean", action="store_true", help="take the texts as they are")
    _add_loading(parser)


def _keywords(given: argparse.Namespace) -> int:
    from corpus_lib.cleaning.overrides import overrides_beside
    from corpus_lib.display.spreadsheet import write_csv
    from corpus_lib.folders import Output, check_apart
    from corpus_lib.measures.keyness import keyness

    out = Path(given.out)
    if out.suffix.lower() != ".csv" or out.is_dir():
        raise InvalidValue(f"`out` must name a .csv file; found {given.out!r}. Add the suffix.")
    sides = {"target": Path(given.target), "reference": Path(given.reference)}
    read = {side: path for side, path in sides.items() if path.exists()}
    decisions = {f"decisions on the {side}": overrides_beside(path) for side, path in read.items()}
    for file in (out, out.with_suffix(".jsonl")):
        check_apart(file, read | decisions)
    Output(out.parent).check([out.name, out.with_suffix(".jsonl").name])
    measures = (
        given.measures
        if given.measures in ("standard", "all")
        else [name.strip() for name in given.measures.split(",")]
    )
    target, reference = (_words(name, not given.no_clean, _loading(given)) for name in (given.target, given.reference))
    table = keyness(
        target, reference, measures=measures, correction=None if given.correction == "none" else given.correction
    )
    write_csv(out, table)
    for note in table.attrs.get("notes", []):
        print(note)
    print(f"Wrote {out} and {out.with_suffix('.jsonl').name}: {len(table):,} words, {table.shape[1]} columns.")
    return 0


def _words(name: str, clean: bool, loading: dict[str, Any]) -> Any:
    """Tokens of a corpus, cleaned or not, or a frequency list: a named one or a table without texts."""
    from corpus_lib.cleaning.overrides import overrides_beside
    from corpus_lib.cleaning.pipeline import clean_corpus
    from corpus_lib.loading.load import load_corpus
    from corpus_lib.tokens.tokens import tokenize
    from corpus_lib.wordlists import references

    path = Path(name)
    is_corpus = path.is_dir() or (path.exists() and references.holds_texts(path, loading.get("text_column", "text")))
    if not is_corpus or name in references.reference_names():
        return references.reference(name)
    corpus = load_corpus(path, **loading)
    return tokenize(clean_corpus(corpus, overrides=overrides_beside(path)) if clean else corpus)


# ---------------------------------------------------------------------------------------------------------------- index


def _add_index(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--corpus", required=True, metavar="PATH", help=CORPUS_HELP)
    add("--out", required=True, metavar="DIR", help="folder of the index, for Tokens.load")
    add(
        "--unit",
        default="document",
        choices=("document", "paragraph"),
        help="what a row of counts stands for (default: document)",
    )
    add("--jobs", type=int, metavar="N", help="workers, as joblib counts them; -1 for all cores")
    add("--no-clean", action="store_true", help="take the texts as they are")
    _add_overrides(parser)
    _add_loading(parser)


def _index(given: argparse.Namespace) -> int:
    from corpus_lib.cleaning.overrides import overrides_beside
    from corpus_lib.cleaning.settings import CleaningSettings
    from corpus_lib.display.text import counted
    from corpus_lib.index.build import index_corpus

    out = Path(given.out)
    _overrides(given.overrides)
    tokens = index_corpus(
        given.corpus, out, unit=given.unit, n_jobs=given.jobs, clean=not given.no_clean, overrides=given.overrides,
        settings=CleaningSettings(strict_overrides=given.strict), **_loading(given),
    )  # fmt: skip
    if not given.no_clean:
        source: Any = tokens.source
        _say_overrides(given.overrides or overrides_beside(given.corpus), source.overrides)
    sizes = {"token": tokens.n_tokens, "type": len(tokens.vocabulary), "unit": tokens.n_units}
    print(f"Wrote {out}: {', '.join(counted(n, noun) for noun, n in sizes.items())}.")
    return 0
