"""Files are whole or absent, and an output folder belongs to one run at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from corpus_lib import CorpusLibError
from corpus_lib.errors import OutputError
from corpus_lib.files import output_lock, sha256, whole, write_text


def test_a_write_that_fails_leaves_the_old_file_and_no_temporary(tmp_path):
    target = tmp_path / "a.txt"
    write_text(target, "before")
    with pytest.raises(RuntimeError), whole(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        OutputError, match=r"^a\.txt could not be written: .*\. What was there before is unchanged; free some space"
    ):
        write_text(tmp_path / "file" / "a.txt", "x")


def test_sha256_is_the_published_one_of_abc():
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_second_run_on_the_same_folder_is_told_who_holds_it_and_a_finished_run_leaves_no_lock(tmp_path):
    code = f"from corpus_lib.files import output_lock\nwith output_lock({str(tmp_path)!r}): print('held')"
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[1]
    with output_lock(tmp_path):
        second = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
        assert "is in use by process" in second.stderr
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout == "held\n"


def test_nothing_is_written_through_a_link_that_lies_in_the_way(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".lock").symlink_to(precious)
    with pytest.raises(CorpusLibError, match="'out'"), output_lock(out):
        pass
    (out / ".lock").unlink()
    (out / "a.txt").symlink_to(precious)
    write_text(out / "a.txt", "theirs")
    assert (precious.read_text(), (out / "a.txt").read_text()) == ("mine", "theirs")
