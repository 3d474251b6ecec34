"""Dictionary files of other programs are read into groups of words."""

import pytest

from corpus_lib.errors import InvalidValue, MissingFile
from corpus_lib.wordlists.frequency_lists import read_dictionary

FILES = {
    "d.yml": "conflict:\n  verbal: [threat*, insult]\n  armed:\n    - war\npeace: treaty\n",
    "d.dic": "%\n1\tconflict.verbal\n2\tconflict.armed\n3\tpeace\n%\nthreat*\t1\ninsult\t1\nwar\t2\ntreaty\t3\n",
    "d.txt": "# mine\nconflict.verbal: threat*, insult\nconflict.armed: war\npeace: treaty\n",
}


@pytest.mark.parametrize("name", FILES)
def test_each_format_gives_the_same_groups(tmp_path, name):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    expected = {"conflict.verbal": ["threat*", "insult"], "conflict.armed": ["war"], "peace": ["treaty"]}
    assert read_dictionary(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("d.dic", "%\n1 a\n%\nwar 1\npeace 2\ntruce 9\n", r"'peace 2', 'truce 9'"),
        ("d.txt", "war\npeace\n", r"'war', 'peace'"),
        ("d.yml", "a: [", "must be YAML"),
        ("d.yml", "!!python/object/apply:os.getcwd []", "must be YAML"),
        ("d.txt", "", "needs named categories with words; found none"),
        ("d.txt", "a: war\nb:\n: peace\nc: ,", r"needs named categories with words; found \['b', '', 'c'\]\."),
        ("d.yml", "a: [war]\nb: []", r"found \['b'\]\."),
    ],
)
def test_what_is_no_dictionary_is_refused_with_all_that_is_wrong(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue, match=said):
        read_dictionary(tmp_path / name)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFile, match=r"'no\.dic' does not exist"):
        read_dictionary(tmp_path / "no.dic")
