"""The command line: `run` a study, `clean` a corpus, `override` a decision, compute `keywords`, build an `index`. Each says at its end what it wrote.

Heavy packages are imported by the commands that need them, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile

__all__ = ["main"]

EXIT_CODES = """\
exit codes:
  0    everything was done
  1    a notebook failed, or the corpus changed during the run; the rest is there
  2    the command, the corpus or another input cannot be used; one sentence says why
  130  stopped by Ctrl-C; every file that was written is whole
"""
CORPUS_HELP = "folder of .txt or .md files, or a table (.csv .tsv .jsonl .jsonl.gz .parquet .xlsx) with a column `text`"
# Flag -> the parameter of the notebooks that it sets.
PARAMETERS = {
    "target": "TARGET",
    "group_by": "GROUP_BY",
    "reference": "REFERENCE",
    "unit": "UNIT",
    "topics": "N_TOPICS",
    "language": "LANGUAGE",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
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
        prog="python -m corpus_lib", epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="From a folder of scraped articles to keywords and topics that lead back to the byte.",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_run(_command(commands, "run", _run, "execute the notebooks on a corpus and write the report"))
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


# ------------------------------------------------------------------------------------------------------------------ run


def _add_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--corpus", metavar="PATH", help=CORPUS_HELP)
    add("--out", metavar="DIR", help="folder for the report; index.html is its entry page")
    add(
        "--config",
        metavar="FILE",
        help='TOML file with these options by name (corpus = "…"); options on the command line win. A run writes its own as DIR/run.toml',
    )
    add("--study", metavar="FILE", help="study file; by default study.toml in the corpus's folder, else a plain study")
    add("--target", metavar="NAME", help="document or group that is held against the others")
    add(
        "--group-by",
        metavar="COLUMN",
        help="column of the documents, or variable of the coding, that divides the corpus",
    )
    add("--reference", metavar="NAME|PATH", help="list that comes with the library, frequency list, or corpus")
    add("--unit", choices=("document", "paragraph"), help="what words must share to form a topic")
    add("--topics", type=int, metavar="N", help="number of topics; by default what the corpus supports")
    add("--language", metavar="CODE", help="language of the analysis, for instance en")
    add("--skip", action="extend", nargs="+", metavar="NN", help="notebooks to leave out, by number")
    add("--notebooks", metavar="DIR", help="notebooks of your own, named NN_name.ipynb")
    add("--dry-run", action="store_true", help="check everything and say what would be done; write nothing")


def _run(given: argparse.Namespace) -> int:
    from corpus_lib.files import write_text
    from corpus_lib.run import run

    options = _options(given)
    parameters = {name: options[flag] for flag, name in PARAMETERS.items() if options.get(flag) is not None}
    result = run(
        options["corpus"], options["out"], study=options.get("study"), notebooks=options.get("notebooks"), parameters=parameters,
        skip=options.get("skip") or (), dry_run=given.dry_run,
    )  # fmt: skip
    if given.dry_run:
        for notebook in result.notebooks:
            said = ", ".join(f"{name}={value!r}" for name, value in notebook.parameters.items())
            print(
                f"{notebook.name}: {'would be executed' if notebook.status == 'planned' else notebook.status} with {said}"
            )
        print("Nothing was written.")
        return 0
    write_text(result.out / "run.toml", _toml(options))
    return _said(result)


def _said(result: Any) -> int:
    """Print what became of a run; its exit code."""
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
    files = {
        name: len(list((result.out / name).glob(f"*{suffix}")))
        for name, suffix in (("pages", ".html"), ("tables", ".csv"), ("figures", ".png"))
    }
    print(f"Wrote {result.index} with {', '.join(f'{n} {name}' for name, n in files.items())}.")
    return int(result.exit_code)


def _options(given: argparse.Namespace) -> dict[str, Any]:
    """Options of the file, if there is one, and of the command line, which win; all that is wrong with them at once."""
    from corpus_lib.errors import raise_all

    names = ("corpus", "out", "study", "notebooks", "skip", *PARAMETERS)
    from_file = (
        {key.replace("-", "_"): value for key, value in _read_toml(given.config).items()} if given.config else {}
    )
    kinds: dict[str, Any] = {"topics": int, "skip": list}
    problems = [f"`{key}` is no option of a run; there are {', '.join(names)}" for key in from_file if key not in names]
    for key in set(from_file) & set(names):
        kind = kinds.get(key, str)
        if not isinstance(from_file[key], kind) or isinstance(from_file[key], bool):
            problems.append(
                f"`{key}` must be {'a number' if kind is int else 'a list' if kind is list else 'text'}; found {from_file[key]!r}"
            )
    if from_file.get("unit", "document") not in ("document", "paragraph"):
        problems.append(f"`unit` must be one of 'document', 'paragraph'; found {from_file['unit']!r}")
    options = from_file | {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    problems += [
        f"`{name}` is missing; give --{name}, or name it in a --config file"
        for name in ("corpus", "out")
        if not options.get(name)
    ]
    if isinstance(options.get("topics"), int) and options["topics"] < 2:
        problems.append(f"`topics` must be at least 2; found {options['topics']!r}")
    raise_all("options", sorted(problems))
    return options


def _read_toml(path: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise MissingFile(f"`config` must name a TOML file; {path!r} does not exist. Check the spelling.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidValue(f"{Path(path).name} cannot be read as TOML: {error}. Correct that place.") from error


def _toml(options: dict[str, Any]) -> str:
    """Options as TOML; a string of JSON is one of TOML."""
    import json

    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in options.items() if value is not None)


# ---------------------------------------------------------------------------------------------------------------- clean


def _add_clean(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", required=True, metavar="PATH", help=CORPUS_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for texts/, review/, saved/ and the tables")
    parser.add_argument(
        "--overrides",
        metavar="FILE",
        help="a person's decisions (.csv or .jsonl), which win over the rules; by default the overrides.csv beside the texts",
    )
    parser.add_argument("--strict", action="store_true", help="fail when a decision no longer fits the texts")


def _clean(given: argparse.Namespace) -> int:
    from corpus_lib.cleaning import CleaningSettings, clean_corpus, overrides_beside
    from corpus_lib.corpus import CLEAN_TABLES
    from corpus_lib.files import output_lock, write_text
    from corpus_lib.loading import load_corpus
    from corpus_lib.study import write_csv

    out = Path(given.out)
    _outside(given.corpus, out)
    corpus = load_corpus(given.corpus)
    _overrides(given.overrides)
    decisions = given.overrides or overrides_beside(given.corpus)
    # Before the output is locked, so that stale decisions in strict mode leave nothing behind.
    clean = clean_corpus(corpus, settings=CleaningSettings(strict_overrides=given.strict), overrides=decisions)
    with output_lock(out):
        for doc_id in clean.documents.index:
            write_text(out / "texts" / f"{safe_name(doc_id)}.txt", clean.text(doc_id) + "\n")
            write_text(out / "review" / f"{safe_name(doc_id)}.html", clean.review_html(doc_id))
        tables = {name: getattr(clean, name) for name in CLEAN_TABLES if name != "segments"} | {
            "problems": corpus.problems
        }
        for name, frame in tables.items():
            write_csv(out / f"{name}.csv", frame)
        clean.save(out / "saved")
    print(f"{clean!r}")
    if decisions is not None:
        counts = clean.overrides["status"].value_counts()
        print(
            f"{Path(decisions).name}: {', '.join(f'{counts.get(s, 0)} {s}' for s in ('applied', 'redundant', 'stale'))}."
        )
    print(
        f"Wrote {out}: {len(clean.documents)} texts/, {len(clean.documents)} review/, {len(tables)} tables (.csv, .jsonl), and saved/ for CleanCorpus.load."
    )
    return 0


def _overrides(path: str | None) -> None:
    if path is not None and not Path(path).is_file():
        raise MissingFile(f"`overrides` must name a .csv or .jsonl file; {path!r} does not exist. Check the spelling.")


def _add_override(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("corpus", metavar="CORPUS", help=CORPUS_HELP)
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

    from corpus_lib.cleaning import append_override, clean_corpus, make_override, overrides_beside
    from corpus_lib.loading import load_corpus

    if given.field == "label" and not given.line.isdecimal():
        raise InvalidValue(
            f"`line` must be the number of a line; found {given.line!r}. For a field of the document, name it with --field and write - here."
        )
    corpus = load_corpus(given.corpus)
    folder = Path(given.corpus) if Path(given.corpus).is_dir() else Path(given.corpus).parent
    file = Path(given.file) if given.file else overrides_beside(given.corpus) or folder / "overrides.csv"
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
        print("`run`, `clean` and `keywords` read it from there by themselves.")
    else:
        print(f"Replay it with clean --overrides {file}.")
    return 0


def _outside(corpus: str, out: Path) -> None:
    if Path(corpus).is_dir() and out.resolve().is_relative_to(Path(corpus).resolve()):
        raise InvalidValue(
            f"`out` must lie outside the corpus, or its files would become part of it; {str(out)!r} lies in {corpus!r}. Choose another."
        )


def safe_name(doc_id: str) -> str:
    """A file name for a document: folders stay, letters of any script stay, nothing leads out of the folder, and two ids never share one.

    Examples
    --------
    >>> safe_name("2020/a b"), safe_name("../x"), safe_name("a:b")
    ('2020/a b', '%2E%2E/x', 'a%3Ab')
    """
    import re

    from corpus_lib.files import sha256

    def encoded(text: str) -> str:
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))

    parts = []
    for part in doc_id.split("/"):
        plain = "".join(c if c.isalnum() or c in "._- " else encoded(c) for c in part)
        plain = re.sub(r"^[. ]+|[. ]+$", lambda match: encoded(match.group()), plain) or "%"
        # 255 bytes is what file systems allow; the hash keeps shortened names apart.
        parts.append(
            plain
            if len(plain.encode()) <= 180
            else f"{plain.encode()[:120].decode(errors='ignore')}~{sha256(part.encode())[:16]}"
        )
    return "/".join(parts)


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


def _keywords(given: argparse.Namespace) -> int:
    from corpus_lib.keyness import keyness
    from corpus_lib.study import write_csv

    out = Path(given.out)
    if out.suffix.lower() != ".csv" or out.is_dir():
        raise InvalidValue(f"`out` must name a .csv file; found {given.out!r}. Add the suffix.")
    measures = (
        given.measures
        if given.measures in ("standard", "all")
        else [name.strip() for name in given.measures.split(",")]
    )
    target, reference = _words(given.target, not given.no_clean), _words(given.reference, not given.no_clean)
    table = keyness(
        target, reference, measures=measures, correction=None if given.correction == "none" else given.correction
    )
    write_csv(out, table)
    for note in table.attrs.get("notes", []):
        print(note)
    print(f"Wrote {out} and {out.with_suffix('.jsonl').name}: {len(table):,} words, {table.shape[1]} columns.")
    return 0


def _words(name: str, clean: bool) -> Any:
    """Tokens of a corpus, cleaned or not, or a frequency list: a named one or a table without texts."""
    from corpus_lib import references
    from corpus_lib.cleaning import clean_corpus, overrides_beside
    from corpus_lib.loading import load_corpus
    from corpus_lib.tokens import tokenize

    path = Path(name)
    is_corpus = path.is_dir() or (path.exists() and references.holds_texts(path))
    if not is_corpus or name in references.reference_names():
        return references.reference(name)
    corpus = load_corpus(path)
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


def _index(given: argparse.Namespace) -> int:
    from corpus_lib.index import index_corpus

    out = Path(given.out)
    _outside(given.corpus, out)
    tokens = index_corpus(given.corpus, out, unit=given.unit, n_jobs=given.jobs, clean=not given.no_clean)
    print(f"Wrote {out}: {tokens.n_tokens:,} tokens, {len(tokens.vocabulary):,} types, {tokens.n_units:,} units.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
