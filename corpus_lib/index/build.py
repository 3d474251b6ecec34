"""`index_corpus`: read, clean and tokenize a corpus in parts, never the whole of it in one process, and leave an index on disk.

The corpus is divided (`index.plan`), each part is surveyed and then made into tokens by a worker (`index.part`), wherever `index.workers` finds one, and
the parts become one index (`index.merge`). Partial results are integers and hashes that are put together in the order of the documents, so every
division and every schedule gives the same bits.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from corpus_lib.cleaning.overrides import override_table, overrides_beside
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.errors import InvalidType, InvalidValue, check_option, check_whole
from corpus_lib.files import output_lock, sha256
from corpus_lib.folders import check_output, discard_listed, read_manifest, refuse_strangers, sweep, writing
from corpus_lib.index.merge import put_together
from corpus_lib.index.part import Job, made_folder, make_part, share_lines, survey_folder, survey_part
from corpus_lib.index.plan import has_changed, plan_parts
from corpus_lib.index.workers import as_finished
from corpus_lib.loading.frames import Reading
from corpus_lib.loading.load import check_path, table_reading
from corpus_lib.tokens.tokenizer import Tokenizer
from corpus_lib.tokens.tokens import Tokens, Unit

Work = Callable[[int], int]
# Bytes and documents of each part.
Parts = Sequence[Mapping[str, int]]


def index_corpus(
    path: str | Path,
    out: str | Path,
    *,
    unit: Unit = "document",
    n_jobs: int | None = None,
    tokenizer: Tokenizer | None = None,
    clean: bool = True,
    settings: CleaningSettings | None = None,
    overrides: pd.DataFrame | str | Path | None = None,
    pattern: str = "**/*",
    parts: int | None = None,
    progress: bool | None = None,
    **loading: Any,
) -> Tokens:
    """Load, clean and tokenize a corpus of any size into a folder, in parts.

    Parameters
    ----------
    path
        A folder of texts or a table, as for `load_corpus`; JSONL and Parquet are read in pieces.
    out
        Folder of the index, outside the texts; new, empty, or one that this function wrote. If it holds finished parts of the same run, the work goes on from them; if it holds the finished index, that is returned.
    unit
        "document" or "paragraph".
    n_jobs
        Workers, as joblib counts them; `None` is one, or what ``joblib.parallel_config`` says. With its backend "dask" all workers of the
        cluster; they must see `path` and `out` under the same names.
    tokenizer
        What counts as a token; the default is `Tokenizer()`.
    clean
        Whether the texts are cleaned; otherwise they are taken as they are.
    settings
        The `CleaningSettings`, where they are not the default.
    overrides
        A person's decisions, as `clean_corpus` takes them; by default the `overrides.csv` beside the texts, if there is one.
    pattern
        As for `load_corpus`.
    parts
        Number of parts; by default as many as 8 MB (64 MB without cleaning) make.
    progress
        Whether a progress bar is shown; by default on a terminal only.
    **loading
        Further arguments of `load_corpus`: `text_column`, `id_column`, `encoding`, `separator`, `sheet`, `metadata`, `name_pattern`, `date_column`,
        `title_column`, `date_order`.

    Returns
    -------
    Tokens
        Memory-mapped, equal to ``tokenize(clean_corpus(load_corpus(path)), unit=unit)``: the integers, the texts and every table of decisions.

    Raises
    ------
    MissingFile, InvalidValue
        As `load_corpus` and `clean_corpus`; also if `out` is, holds or lies in what is read, or holds what was not written there, `parts` is not a whole number of at least 1, a part cannot be read again, or a file changed meanwhile.
    OutputError
        If `out` is in use by another run, or the disk refuses.
    WorkerLost
        If workers end without an answer. Finished parts are kept.

    Notes
    -----
    The result does not depend on the parts. What only a whole corpus can say is asked of all parts together, by hash: which lines documents share
    (a first pass, before anything is cleaned) and which documents share their text (afterwards). Strict overrides are checked at the end.

    No process holds more than the part it works on, apart from what is put together at the end: a row for each unit, the vocabulary, and the pairs
    of documents that share a run of five words.

    A file that is changed while its size and its time stay the same is not noticed when a run is continued; nor is a segmenter that is changed
    under the same name.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("One text, and another text.")
    >>> tokens = index_corpus(folder, tempfile.mkdtemp(), clean=False)
    >>> tokens.words()
    ['one', 'text', 'and', 'another', 'text']
    """
    _check(path, unit, parts, tokenizer, clean, overrides)
    if settings is not None and settings.duplicates == "first":
        raise InvalidValue(
            "`settings` must have duplicates='keep' for an index, which is made in parts before copies are known; found 'first'. "
            "Take copies out of the texts before, or read them with clean_corpus."
        )
    if n_jobs == 0:
        raise InvalidValue("`n_jobs` must be a number of workers, or -1 for all cores; found 0. Leave it out for one.")
    chosen = (tokenizer or Tokenizer()).options()
    table = override_table(overrides_beside(path) if overrides is None else overrides) if clean else None
    reading = table_reading(Path(path), Reading(**loading))
    job = Job(
        str(Path(path).resolve()), unit, chosen, clean, settings, reading, pattern, parts,
        "" if table is None else sha256(table.to_json(orient="split").encode()),
    )  # fmt: skip
    out = Path(out)
    check_output(out, {"corpus": path, "overrides": overrides if isinstance(overrides, str | Path) else None})
    refuse_strangers(out)
    with output_lock(out):
        plan = plan_parts(job, out, table)
        if plan is not None:
            _work(job, out, plan["parts"], n_jobs, progress)
            if has_changed(job, plan):
                raise InvalidValue(
                    f"{Path(path).name!r} changed while it was indexed, so that parts may have read two states of it. "
                    "What was there before is unchanged; index it again."
                )
            put_together(job, out, plan)
        # Also of a run that was killed after its index was complete.
        with writing(out.name):
            discard_listed(out / "parts")
            sweep(out, read_manifest(out)["data"])
        tokens = Tokens.load(out)
        return tokens.with_segmenter(chosen["segmenter"]) if callable(chosen.get("segmenter")) else tokens


def _check(
    path: str | Path, unit: str, parts: int | None, tokenizer: Tokenizer | None, clean: bool, overrides: object
) -> None:

    check_option("unit", unit, ("document", "paragraph"))
    if parts is not None:
        check_whole("parts", parts, 1, "Leave it out for parts of a sensible size.")
    check_path(Path(path))
    if tokenizer is not None and not isinstance(tokenizer, Tokenizer):
        raise InvalidType(
            f"`tokenizer` must be a Tokenizer; found {type(tokenizer).__name__}. Write Tokenizer(expression=…) for a rule of your own."
        )
    if overrides is not None and not clean:
        raise InvalidValue("`overrides` must be left out where the texts are not cleaned. Leave one of the two out.")


def _work(job: Job, out: Path, parts: Parts, n_jobs: int | None, progress: bool | None) -> None:
    """Everything that a worker does: if the texts are cleaned first a survey of all parts, for the lines that documents share."""
    if job.clean:
        done = [n for n in range(len(parts)) if survey_folder(out, n).is_dir()]
        _run("survey", partial(survey_part, job, str(out.resolve())), parts, done, n_jobs, progress)
        share_lines(out, range(len(parts)))
    done = [n for n in range(len(parts)) if made_folder(out, n).is_dir()]
    _run("index", partial(make_part, job, str(out.resolve())), parts, done, n_jobs, progress)


def _run(name: str, work: Work, parts: Parts, done: Sequence[int], n_jobs: int | None, progress: bool | None) -> None:
    """Call `work` for every part that is not done, behind a bar with documents, bytes a second and the time that is left."""
    from tqdm import tqdm

    documents, read = (sum(parts[n][what] for n in done) for what in ("documents", "bytes"))
    total, hidden = sum(part["bytes"] for part in parts), None if progress is None else not progress
    with tqdm(total=total, initial=read, unit="B", unit_scale=True, desc=name, disable=hidden) as bar:
        for n in as_finished(work, sorted({*range(len(parts))}.difference(done)), n_jobs):
            documents += parts[n]["documents"]
            bar.set_postfix_str(f"{documents:,} documents", refresh=False)
            bar.update(parts[n]["bytes"])
