"""Single rules of the cleaning, each where nothing else would give the same result."""

import json
from pathlib import Path

import pytest
from test_cleaning_invariants import corpus_of

from corpus_lib import CleaningSettings, clean_corpus, load_corpus
from corpus_lib.cleaning import line_texts
from corpus_lib.cleaning.pipeline import read_page
from corpus_lib.cleaning.review_queue import review_reasons

DEVELOPMENT = Path(__file__).resolve().parents[2] / "shared" / "cleaning-dev.jsonl"
QUIET = CleaningSettings(kind="page", line_model=False)
PROSE = (
    "The ferry to the outer islands will run twice a day from April, the harbour board decided on Monday after a year of talks.",
    "Islanders had asked for a second ferry since the winter storms, when the only boat stayed in the harbour for nine days in a row.",
    "The board will pay for the second ferry from its reserve, and the islands will lend it two of their skippers for the first season.",
    "Nobody knows yet who will pay for the third season, and the board did not want to say more about it when it was asked on Tuesday.",
)  # fmt: skip


def labels_of(*lines, settings=QUIET, **columns):
    clean = clean_corpus(corpus_of({"a": "\n\n".join(lines)}, **columns), settings=settings)
    return clean.lines["label"].tolist(), clean


def test_a_disclaimer_goes_on_in_a_paragraph_that_speaks_of_the_same():
    second = "We accept no responsibility for the accuracy of the content, and readers should verify any information before they act on it."
    labels, clean = labels_of(*PROSE, "Disclaimer: none of this is advice.", second, settings=QUIET)
    assert labels[-2:] == ["disclaimer", "disclaimer"], clean.lines["votes"].tolist()[-1]


def test_a_lone_number_with_a_point_makes_no_list_and_two_in_a_row_do():
    lone = "1984. It was the year in which the harbour was built, and in which the first ferry came to the outer islands from the mainland."
    series = [
        "1. The ferry will run twice a day from April, which nobody on the islands had expected.",
        "2. The islands will lend the board two of their skippers for the first season.",
    ]
    single = "7. Nobody knows yet who will pay for the third season, and the board did not want to say more."
    assert labels_of(*PROSE, lone)[0][-1] == "body"
    assert labels_of(*PROSE[:2], single, *PROSE[2:])[0][2] == "body"
    assert labels_of(*PROSE[:2], *series, *PROSE[2:])[0][2:4] == ["list_item", "list_item"]


def test_prose_resumes_after_a_list_with_two_paragraphs_and_a_teaser_is_not_prose():
    teaser = (
        "Nine new houses were finished on the northern shore of the lake before the snow came in November this year."
    )
    labels, _ = labels_of(*PROSE[:3], "Related Articles", "New houses on the lake", teaser, "3 May 2021", *PROSE)
    assert labels[3:7] == ["sidebar"] * 4
    assert labels[7:] == ["body"] * 4
    labels, _ = labels_of(
        *PROSE[:3],
        "Related Articles",
        "New houses on the lake",
        teaser,
        "A school closes",
        teaser.replace("Nine", "Ten"),
    )
    assert labels[3:] == ["sidebar"] * 5


def test_dates_and_names_in_a_list_of_other_stories_are_not_the_pages_own():
    _, clean = labels_of(
        "Second ferry to the outer islands",
        *PROSE,
        "Related Articles",
        "A school closes",
        "By John Roe",
        "Published: 3 May 2021",
    )
    assert clean.documents.loc["a", ["author", "date_published"]].tolist() == ["", ""]
    assert set(clean.evidence.query("value in ('John Roe', '2021-05-03')")["confidence"]) == {0.2}


def test_a_stamp_after_updated_is_the_date_of_change():
    _, clean = labels_of("Second ferry to the outer islands", "By Jane Doe, updated 3 May 2021", *PROSE)
    assert clean.documents.loc["a", ["author", "date_published", "date_modified"]].tolist() == [
        "Jane Doe",
        "",
        "2021-05-03",
    ]


def test_who_edited_or_took_the_pictures_is_not_the_author():
    labels, clean = labels_of("Second ferry to the outer islands", "Edited by Jane Doe", *PROSE)
    assert labels[1] == "byline"
    assert clean.documents.at["a", "author"] == ""


def test_a_bare_date_far_from_title_and_text_is_not_the_pages_own():
    _, clean = labels_of(*PROSE, *PROSE, *PROSE, "3 May 2021", settings=QUIET)
    assert clean.documents.at["a", "date_published"] == ""
    menu = ["Ferry", "Harbour", "Islands", "Weather", "People", "Archive", "Letters"]
    _, far = labels_of("3 May 2021", *menu, "Second ferry to the outer islands", *PROSE)
    assert far.documents.at["a", "date_published"] == ""
    assert far.evidence.query("value == '2021-05-03'")["confidence"].tolist() == [0.4]
    _, near = labels_of("Second ferry to the outer islands", "3 May 2021", *PROSE)
    assert near.documents.at["a", "date_published"] == "2021-05-03"


def test_a_page_whose_prose_was_dropped_asks_for_review_with_the_numbers():
    other = [
        f"Number {i} of the other stories tells of a village that nobody knew, and of the people who had to leave it in the spring."
        for i in range(3)
    ]
    _, clean = labels_of(*PROSE, "Related Articles", *[x for o in other for x in (o, "Read more", "News in brief")])
    assert clean.documents.at["a", "needs_review"]
    assert "words of prose were dropped" in clean.documents.at["a", "review_reasons"]
    tight = CleaningSettings(line_model=False, review_dropped_share=1.0, review_dropped_run=20)
    _, clean = labels_of(
        *PROSE, "Related Articles", *[x for o in other for x in (o, "Read more", "News in brief")], settings=tight
    )
    assert "dropped in one stretch" in clean.documents.at["a", "review_reasons"]


def test_a_page_about_which_the_line_model_is_in_doubt_asks_for_review():
    page = read_page("a", "\n\n".join(PROSE), QUIET)
    asked = {"dropped_share": 0.35, "dropped_run": 250}
    words = [m.words for m in page.measures]
    doubt = f"the line model is in doubt about {words[0] + words[1]} of {sum(words)} words"
    assert review_reasons(page, [True] * 4, False, probability=[0.4, 0.5, 0.9, 0.7], **asked) == [doubt]
    assert review_reasons(page, [True] * 4, False, probability=[0.9, 0.7, 0.1, float("nan")], **asked) == []
    assert review_reasons(page, [True] * 4, False, **asked) == []


def test_indents_mark_paragraphs_only_where_blank_lines_do_not():
    source = "\n".join(("  " if i % 2 == 0 else "") + line for i, line in enumerate([*PROSE, *PROSE]))
    clean = clean_corpus(corpus_of({"a": source}), settings=QUIET)
    assert clean.documents.at["a", "paragraph_mode"] == "indents"
    assert clean.paragraphs[["first_line", "last_line"]].to_numpy().tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    # A blank line above each indented one, none above the others: then the blank lines are the mark.
    source = "\n".join(("\n  " if i % 2 == 0 else "") + line for i, line in enumerate([*PROSE, *PROSE]))
    assert clean_corpus(corpus_of({"a": source}), settings=QUIET).documents.at["a", "paragraph_mode"] == "lines"


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the labelled development pages are not beside the repository")
def test_cleaning_a_clean_text_again_drops_hardly_anything():
    first, second = _twice()
    lost = second.lines[~second.lines["keep"]]
    assert lost["n_words"].sum() <= 0.01 * second.lines["n_words"].sum()
    assert second.edits.empty
    assert sum(second.text(d) == first.text(d) for d in second.documents.index) >= 0.6 * len(second.documents)


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the labelled development pages are not beside the repository")
@pytest.mark.xfail(
    strict=True,
    reason="a clean text is a page like any other: its first heading may look like a title, and the model judges short lines by what is left around them",
)
def test_cleaning_a_clean_text_again_drops_nothing():
    first, second = _twice()
    assert {d: second.text(d) for d in second.documents.index} == {d: first.text(d) for d in second.documents.index}


def _twice():
    """A quarter of the development pages, cleaned, and their clean texts cleaned again as if they were pages."""
    records = [r for r in map(json.loads, DEVELOPMENT.read_text("utf-8").strip().split("\n")) if r["render"] == "full"][
        ::4
    ]
    first = clean_corpus(
        corpus_of({r["id"]: "\n".join(" ".join(line["text"].split()) for line in r["lines"]) for r in records})
    )
    return first, clean_corpus(
        corpus_of({d: first.text(d) for d in first.documents.index if first.text(d)}),
        settings=CleaningSettings(kind="page"),
    )


def test_the_clean_texts_of_the_seeds_stay_as_they_are_without_their_titles():
    from corpus_lib import load_corpus

    clean = clean_corpus(load_corpus(Path(__file__).resolve().parents[1] / "seeds"))
    again = clean_corpus(corpus_of({d: clean.text(d) for d in clean.documents.index}))
    assert {d: again.text(d) for d in again.documents.index} == {d: clean.text(d) for d in clean.documents.index}
    assert set(again.lines["label"]) <= {"body", "heading", "list_item"}


def test_in_indented_text_a_list_item_is_a_paragraph_of_its_own():
    lines = [
        f"  {PROSE[0]}",
        PROSE[1],
        "1. The ferry will run twice a day from April.",
        "2. The islands will lend two of their skippers.",
        PROSE[2],
        f"  {PROSE[3]}",
        PROSE[0],
        f"  {PROSE[1]}",
    ]
    clean = clean_corpus(corpus_of({"a": "\n".join(lines)}), settings=QUIET)
    assert clean.documents.at["a", "paragraph_mode"] == "indents"
    assert clean.paragraphs[["first_line", "last_line", "kind"]].to_numpy().tolist() == [
        [1, 2, "body"], [3, 3, "list_item"], [4, 4, "list_item"], [5, 5, "body"], [6, 7, "body"], [8, 8, "body"],
    ]  # fmt: skip


def test_in_broken_text_a_short_last_line_ends_the_paragraph():
    lines = [
        "The ferry to the outer islands will run twice a day from", "April, the harbour board decided on Monday after a year of",
        "talks with the people of the islands, who had asked for it", "since the storms.",
        "Nobody knows yet who will pay for the third season, and the", "board did not want to say more about it when it was asked",
        "on Tuesday by the people of the islands and of the harbour", "and of the town.",
    ]  # fmt: skip
    clean = clean_corpus(corpus_of({"a": "\n".join(lines)}), settings=QUIET)
    assert clean.documents.at["a", "paragraph_mode"] == "hard_wraps"
    assert clean.paragraphs[["first_line", "last_line"]].to_numpy().tolist() == [[1, 4], [5, 8]]
    assert clean.text("a").startswith("The ferry to the outer islands will run twice a day from April, the harbour")


def test_a_sentence_about_a_newcomer_in_the_text_is_no_biography():
    bio = "Martha Quill is a professor of economics at the University of Northport and has written on harbours."
    assert labels_of(*PROSE, *PROSE, bio)[0][-1] == "author_bio"
    following = [line.replace("ferry", "boat") for line in PROSE[:3]]
    assert labels_of(*PROSE, *PROSE, bio, *following)[0][8] == "body"
    assert labels_of(PROSE[0], bio)[0][-1] == "body"


def test_a_sentence_that_few_documents_share_stays_and_a_short_line_goes():
    own = {
        f"d{i}": [
            f"Story {i} {j} tells of something that happened in place {i * j} on that day, and of what people said about it later."
            for j in range(4)
        ]
        for i in range(10)
    }
    shared = ["All rights to life are equal.", "The Valley Gazette since 1880"]
    pages = {
        name: "\n\n".join([*lines, *(shared if name in ("d1", "d2", "d3") else [])]) for name, lines in own.items()
    }
    last = (
        clean_corpus(corpus_of(pages, source="The Valley Gazette"), settings=QUIET)
        .lines.groupby("doc_id")
        .tail(2)
        .query("doc_id in ('d1', 'd2', 'd3')")
    )
    assert last["label"].tolist() == ["body", "nav"] * 3


NEWS = {
    "en": ["The defence ministers agreed on Tuesday to keep the joint patrols in the strait until the end of the year.", "A spokesman for the host government said the patrols were meant to protect fishing boats in those waters."],
    "de": ["Die Verteidigungsminister einigten sich am Dienstag darauf, die Patrouillen in der Meerenge bis zum Jahresende fortzusetzen.", "Ein Sprecher der Regierung sagte, die Patrouillen sollten Fischerboote schützen und kein Land bedrohen."],
    "fr": ["Les ministres de la Défense ont décidé mardi de maintenir les patrouilles communes dans le détroit jusqu'à la fin de l'année.", "Un porte-parole du gouvernement a déclaré que les patrouilles devaient protéger les bateaux de pêche."],
    "es": ["Los ministros de Defensa acordaron el martes mantener las patrullas conjuntas en el estrecho hasta finales de año.", "Un portavoz del Gobierno dijo que las patrullas pretendían proteger a los barcos pesqueros de la zona."],
    "pl": ["Ministrowie obrony uzgodnili we wtorek, że wspólne patrole w cieśninie będą trwały do końca tego roku.", "Rzecznik rządu powiedział, że patrole mają chronić łodzie rybackie i że żaden kraj nie powinien czuć się zagrożony."],
    "ja": ["国防相らは火曜日、海峡での共同パトロールを年末まで続けることで合意し、二日間にわたる協議を終えた。", "政府の報道官は、パトロールは漁船を守るためのものであり、第三国が脅威を感じる必要はないと述べた。"],
}  # fmt: skip
BESIDE = {
    "en": ["We value your privacy", "Manage options", "Accept all cookies", "Already have an account? Log in", "This article is for subscribers only. Sign in or subscribe to keep reading."],
    "de": ["Wir schätzen Ihre Privatsphäre", "Einstellungen verwalten", "Alle akzeptieren", "Sie haben bereits ein Konto? Anmelden", "Registrieren Sie sich kostenlos, um den ganzen Artikel zu lesen."],
    "fr": ["Nous respectons votre vie privée", "Continuer sans accepter", "Tout refuser", "Déjà abonné ? Connectez-vous", "Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés."],
    "es": ["Valoramos su privacidad", "Gestionar opciones", "Rechazar todo", "¿Ya eres suscriptor? Inicia sesión", "Has alcanzado el límite de artículos gratuitos de este mes. Suscríbete para seguir leyendo."],
    "pl": ["Cenimy Twoją prywatność", "Zarządzaj opcjami", "Odrzuć wszystko", "Masz już konto? Zaloguj się", "Ten artykuł jest dostępny tylko dla prenumeratorów."],
    "ja": ["お客様のプライバシーを尊重します", "オプションを管理", "すべて拒否する", "アカウントをお持ちの方はこちら", "この記事は会員限定です。"],
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["html", "txt"])
@pytest.mark.parametrize("language", NEWS)
def test_headings_and_buttons_of_consent_and_calls_to_subscribe_are_no_text(tmp_path, language, suffix):
    above, below = BESIDE[language][:3], BESIDE[language][3:]
    lines = [*above, NEWS[language][0], *below, *NEWS[language] * 2]
    marked = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<html lang={language}><meta charset=utf-8><body><article>{marked}</article></body></html>"
    (tmp_path / f"a.{suffix}").write_text(page if suffix == "html" else "\n\n".join(lines), encoding="utf-8")
    clean = clean_corpus(load_corpus(tmp_path))
    rules = dict(zip(line_texts(clean), clean.lines["rule"], strict=True))
    assert {line for line in BESIDE[language] if not rules[line].startswith("lexicon.")} == set()
    assert set(line_texts(clean)[clean.lines["keep"]]) == set(NEWS[language])
