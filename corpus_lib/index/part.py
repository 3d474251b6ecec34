"""What a worker does with one part of a corpus.

What travels to a worker is the job, the folder and the number of a part; what it is given and what it makes of it lies in files. A part is
finished when the folder with what was made of it has its name.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from corpus_lib import __version__
from corpus_lib.cleaning.duplicates import fingerprints
from corpus_lib.cleaning.lines import measure_lines, read_lines
from corpus_lib.cleaning.pipeline import clean_part, put_together
from corpus_lib.cleaning.settings import CleaningSettings
from corpus_lib.cleaning.shared_lines import LineSurvey, SharedLines, given_sites, shared_lines, survey_lines
from corpus_lib.corpus.clean import CleanCorpus
from corpus_lib.corpus.corpus import Corpus
from corpus_lib.errors import CorpusLibError, InvalidValue, MissingFile
from corpus_lib.files import read_frame, sha256, temporary, write_array, write_frame, write_text
from corpus_lib.folders import TOKENS, checksums, mapped, write_list, writing
from corpus_lib.loading.found import corpus_of
from corpus_lib.loading.frames import Reading
from corpus_lib.loading.load import _read_file
from corpus_lib.loading.metadata import Facts
from corpus_lib.loading.tables import read_rows
from corpus_lib.tokens.saved import write_arrays, write_shard
from corpus_lib.tokens.tokenizer import Tokenizer, recorded
from corpus_lib.tokens.tokens import tokenize


@dataclass(frozen=True)
class Job:
    """What is to be done, the same for all parts; small, so that it may travel."""

    path: str
    unit: str
    tokenizer: Mapping[str, Any]
    clean: bool
    settings: CleaningSettings | None
    reading: Reading
    pattern: str
    parts: int | None
    overrides: str
    """Hash of a person's decisions; the decisions themselves lie in a file."""

    def key(self, files: Sequence[Sequence[Any]]) -> str:
        """Hash of everything that the result depends on: arguments, files with size and time, and the version."""
        settings = repr(None) if self.settings is None else asdict(self.settings)
        # Of the table beside the texts the size and time stand among the files.
        own = {"path": "", "settings": settings, "reading": self.reading._replace(metadata=None)}
        values = recorded(vars(self)) | own
        return sha256(json.dumps([__version__, TOKENS.version, values, files], sort_keys=True, default=_plain).encode())


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, (set, frozenset)) else str(value)


def part_name(number: int) -> str:
    """Name of the folder of a part."""
    return f"{number:05d}"


def part_folder(out: Path, number: int) -> Path:
    """What a part is given."""
    return out / "parts" / part_name(number)


def made_folder(out: Path, number: int) -> Path:
    """What was made of a part; it is there when the part is finished."""
    return part_folder(out, number) / "made"


def survey_folder(out: Path, number: int) -> Path:
    """The lines of a part, by hash; there when the part is surveyed."""
    return part_folder(out, number) / "survey"


# ------------------------------------------------------------------------------------------------------------------- survey


def survey_part(job: Job, out: str, number: int) -> int:
    """Write down which short lines each document of a part holds; the number of the part is all that goes back."""
    if survey_folder(Path(out), number).is_dir():
        # A cluster asks again for an answer that was lost with its worker.
        return number
    corpus = _read_part(job, Path(out), number)
    pages = (read_lines(corpus.text(doc_id)) for doc_id in corpus.documents.index)
    measured = (list(zip(lines, measure_lines(lines, False), strict=True)) for lines in pages)
    survey = survey_lines(measured, given_sites(corpus.documents))
    with _whole_folder(survey_folder(Path(out), number), out) as folder:
        _save(folder, **survey._asdict())
    return number


def share_lines(out: Path, numbers: Sequence[int]) -> None:
    """Find the lines that documents of all parts share, and lay them where the workers read them."""
    target = out / "parts" / "shared"
    if target.is_dir():
        return
    folders = [survey_folder(out, n) for n in numbers]
    shared = shared_lines([LineSurvey(*(load(f, name) for name in LineSurvey._fields)) for f in folders])
    with _whole_folder(target, str(out)) as folder:
        _save(folder, **shared._asdict())


# --------------------------------------------------------------------------------------------------------------------- make


def make_part(job: Job, out: str, number: int) -> int:
    """Read, clean and tokenize one part; its number is all that goes back."""
    if made_folder(Path(out), number).is_dir():
        return number
    corpus = _read_part(job, Path(out), number)
    with _whole_folder(made_folder(Path(out), number), out) as folder:
        write_frame(folder / "problems.parquet", corpus.problems)
        manifest: dict[str, Any] = {"n_documents": len(corpus.documents)}
        if len(corpus.documents):
            source = _clean(corpus, job, Path(out), folder) if job.clean else corpus
            tokens = tokenize(source, unit=job.unit, tokenizer=Tokenizer(**job.tokenizer))  # type: ignore[arg-type]  # checked at the door
            (folder / "tokens").mkdir()
            write_arrays(folder / "tokens", tokens)
            manifest |= write_shard(folder / "data", tokens.source)
            manifest |= {"settings": recorded(tokens.settings), "files": checksums(folder / "data")}
        write_text(folder / "part.json", json.dumps(manifest))
    return number


def _clean(corpus: Corpus, job: Job, out: Path, folder: Path) -> CleanCorpus:
    """The clean documents; beside them, in `folder`, what the whole corpus must be asked about them: duplicates and overrides."""
    settings = replace(job.settings or CleaningSettings(), strict_overrides=False)
    known = SharedLines(*(load(out / "parts" / "shared", name) for name in SharedLines._fields))
    table = read_frame(overrides_file(out))
    clean, status = put_together(corpus, clean_part(settings, [], table, known, corpus), table, settings)
    prints = fingerprints({doc_id: clean.text(doc_id) for doc_id in clean.documents.index})
    _save(folder, hashes=prints.holders.hashes, owners=prints.holders.owners, sizes=prints.sizes)
    compared = {"names": prints.names, "digests": prints.digests, "status": status}
    write_text(folder / "compared.json", json.dumps(compared))
    return clean


def overrides_file(out: Path) -> Path:
    """A person's decisions, for the workers."""
    return out / "parts" / "overrides.parquet"


# -------------------------------------------------------------------------------------------------------------------- files


def _read_part(job: Job, out: Path, number: int) -> Corpus:
    folder = part_folder(out, number)
    try:
        return _documents(job, folder)
    except FileNotFoundError as error:
        raise MissingFile(
            f"part {number} of {out.name!r} has lost a file, or this machine does not see it ({error.filename or error}). The corpus and the folder "
            "of the index must have the same path for all workers; if they do, delete the folder 'parts' in the index and start again."
        ) from error
    except (ValueError, OSError) as error:
        if isinstance(error, CorpusLibError):
            raise
        raise InvalidValue(
            f"part {number} of {out.name!r} cannot be read: {' '.join(str(error).split()).rstrip('.')}. "
            "Delete the folder 'parts' in the index and start again."
        ) from error


def _documents(job: Job, folder: Path) -> Corpus:

    path, listed = Path(job.path), json.loads((folder / "input.json").read_text(encoding="utf-8"))
    if path.is_dir():
        found = [r for doc_id, name in listed for r in _read_file(path / name, name, doc_id, job.reading)]
    else:
        found = []
        for first, ids, basis in listed:
            frame = read_frame(folder / f"rows-{first:012d}.parquet")
            found += read_rows(frame, ids, path.name, job.reading.text_column, basis)
    # What was found out of all texts when they were divided.
    facts = Facts(read_frame(folder.parent / "facts.parquet").set_index("doc_id"), ())
    return facts.with_corpus(corpus_of(found))


@contextmanager
def _whole_folder(target: Path, out: str) -> Iterator[Path]:
    """A folder that gets its name when it is complete; if another worker was faster, which a cluster allows, that one's stays."""
    with writing(Path(out).name), temporary(target, folder=True) as place:
        yield place
        write_list(place, [p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()])
        with suppress(FileExistsError, NotADirectoryError):
            if not target.is_dir():
                place.rename(target)


def _save(folder: Path, **arrays: Any) -> None:
    for name, values in arrays.items():
        write_array(folder / f"{name}.npy", values)


def load(folder: Path, name: str) -> NDArray[Any]:
    """One array that a worker wrote, mapped."""
    return mapped(folder / f"{name}.npy")
