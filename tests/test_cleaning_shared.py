"""What documents share: furniture where the pages of one site have it, and text everywhere else."""

import pytest
from test_cleaning_invariants import corpus_of

import corpus_lib as cl
from corpus_lib.cleaning import CleaningSettings
from corpus_lib.cleaning.shared_lines import given_sites

PLACES = ("Arden", "Bray", "Corran", "Dunmore", "Eskdale", "Farley", "Glenroy", "Holm", "Inver", "Jarrow", "Kelso", "Lorne")  # fmt: skip
FORMULA = "Mr. President, distinguished delegates, ladies and gentlemen,"
SITE = {
    "above": ["Home", "News", "The Valley Gazette evening edition"],
    "below": ["More valley news every day", "The Valley Gazette, 4 Dock Street", "Contact us", "© 2021 The Valley Gazette"],
}  # fmt: skip


def prose(n):
    """Three paragraphs about a place of its own."""
    place, year = PLACES[n % 12], 1901 + n
    return [
        f"The people of {place} have waited for a bridge since {year}, and nobody could tell them when it would be built.",
        f"Last week the council of {place} met again, heard two engineers and voted for a plan that it had refused in {year + 7}.",
        f"Those who live by the water in {place} say that they will believe it when they see the first {n + 3} stones.",
    ]


def clean_of(texts, kind="auto", **columns):
    named = {f"d{n:02d}": "\n\n".join(lines) for n, lines in enumerate(texts)}
    return cl.clean_corpus(corpus_of(named, **columns), settings=CleaningSettings(kind=kind))


def dropped(clean):
    """Text of the dropped lines, without those of the word lists and of the metadata."""
    lines = clean.lines[~clean.lines["keep"]]
    texts = cl.cleaning.line_texts(clean)
    return [t for i, t in texts[lines.index].items() if lines.at[i, "label"] not in ("byline", "date", "title")]


@pytest.mark.parametrize("kind", ["auto", "page"])
@pytest.mark.parametrize("head", [[], ["Statement of the minister", "21 September 2021"]])
def test_the_opening_formula_and_the_thanks_of_speeches_stay_and_are_flagged(kind, head):
    clean = clean_of([[*head, FORMULA, *prose(n), "I thank you."] for n in range(12)], kind)
    assert all(FORMULA in clean.text(d) and "I thank you." in clean.text(d) for d in clean.documents.index)
    flagged = clean.flags[clean.flags["kind"] == "shared_line"]
    assert flagged["text"].value_counts()[[FORMULA, "I thank you."]].tolist() == [12, 12]


@pytest.mark.parametrize("kind", ["auto", "page"])
@pytest.mark.parametrize("slogan", ["THE RIVER IS OURS", "The river is ours!", "Bread, water and a bridge for all"])
def test_the_slogan_of_leaflets_stays_wherever_it_stands(kind, slogan):
    leaflets = [[slogan, f"Meeting on pier {n}", prose(n)[0], f"Bring {n + 2} friends", slogan] for n in range(12)]
    clean = clean_of(leaflets, kind)
    assert [clean.text(d).count(slogan) for d in clean.documents.index] == [2] * 12


def test_retweets_stay_and_are_listed():
    tweet = "RT @port: Patrols in the harbour were doubled, and no ship may leave before noon"
    clean = clean_of([[tweet]] * 30 + [[f"Ship {n} of the harbour waits at pier {n * 7}"] for n in range(20)])
    assert clean.lines["keep"].all() and len(clean.duplicates) == 30 * 29 / 2
    assert (clean.flags["kind"] == "shared_line").sum() == 30


def test_the_last_exchange_of_an_interview_stays():
    talk = ["By Anna Berg", *prose(1), "When did you begin?", "Three years ago.", "Will you stay?", "Yes.", "Thank you.", "Thank you."]  # fmt: skip
    assert dropped(clean_of([talk])) == []


def test_refrains_of_songs_stay():
    refrain = ["Oh carry me over the water", "Oh carry me over the water", "Carry me home"]
    songs = [[f"We walk along the quay of {p} in the rain", *refrain, f"The bridge of {p} is gone", *refrain, "A last verse for the pilot", *refrain] for p in PLACES]  # fmt: skip
    clean = clean_of(songs)
    assert clean.lines["keep"].all() and (clean.flags["kind"] == "shared_line").sum() == 12 * 10


def test_agency_copy_in_two_outlets_stays_and_is_listed():
    wire = [f"ARDEN (Reuters) - {prose(0)[0]}", *prose(0)[1:], *prose(5)]
    pages = [[f"{name} news from the valley", *wire, f"© 2021 The {name} Post"] for name in ("Arden", "Bray")]
    clean = clean_of(pages, url=["https://arden.example/1", "https://bray.example/1"])
    assert all(line[-40:] in clean.text(d) for line in wire for d in clean.documents.index)
    assert len(clean.duplicates) == 1


@pytest.mark.parametrize(
    "columns", [{}, {"url": "https://www.gazette.example/story"}, {"source": "The Valley Gazette"}]
)
def test_menus_and_footers_of_one_site_go(columns):
    pages = [[*SITE["above"], f"A bridge for {PLACES[n]}", *prose(n), *SITE["below"]] for n in range(8)]
    clean = clean_of(pages, **columns)
    kept = "\n".join(map(clean.text, clean.documents.index))
    assert not any(line in kept for part in SITE.values() for line in part)
    assert all(line in kept for n in range(8) for line in prose(n))


def test_a_credited_source_makes_a_site_and_its_name_is_read_without_the_date():
    credits = ["Source: Valley Gazette 2021-05-03", "Source: Valley Gazette 2022-11-30"]
    pages = [[f"A bridge for {PLACES[n]}", credits[n % 2], *prose(n), "The valley, day by day"] for n in range(4)]
    assert dropped(clean_of(pages)).count("The valley, day by day") == 4


def test_what_two_sites_share_is_furniture_of_neither():
    line = "For the people of the valley"
    pages = [["Home", f"A bridge for {PLACES[n]}", *prose(n), line, "Contact us"] for n in range(4)]
    rules = [
        set(clean.lines["rule"][cl.cleaning.line_texts(clean) == line])
        for clean in (clean_of(pages, url=["a.example", "b.example"] * 2), clean_of(pages, url="a.example"))
    ]
    assert "repetition.shared_by_documents" not in rules[0] and rules[1] == {"repetition.shared_by_documents"}


def test_a_shared_line_between_paragraphs_stays():
    pages = [["Home", *prose(n)[:2], "What we know so far", prose(n)[2], "Contact us"] for n in range(6)]
    clean = clean_of(pages, url="https://gazette.example/")
    assert all("What we know so far" in clean.text(d) for d in clean.documents.index)


def test_the_site_is_the_host_of_an_address_or_else_the_source():
    url = ["https://www.Gazette.example/a?b", "gazette.example/c", None, ""]
    documents = corpus_of(dict.fromkeys("abcd", "x"), url=url, source=["One", "Two", "Three", " The Post"]).documents
    assert given_sites(documents) == ["gazette.example", "gazette.example", "three", "the post"]
    assert given_sites(documents.drop(columns=["url", "source"])) == [""] * 4


@pytest.mark.parametrize("text", ["Home\nPrivacy", "Comments\nShare", "Photo: A. Berg / Reuters\nRecent Posts", "By Anna Berg\n3 May 2021", "© 2021 Anna\nAll rights reserved", "Oh carry me over the water\nOh carry me over the water"])  # fmt: skip
def test_no_document_with_words_is_emptied(text):
    clean = cl.clean_corpus(corpus_of({"a": text}), settings=CleaningSettings(kind="page"))
    assert clean.documents.at["a", "n_words"]
    assert clean.documents.at["a", "needs_review"] or not clean.lines["rule"].str.endswith("nothing_else").any()


@pytest.mark.parametrize("line", ["Photo: boats at dawn in the old harbour of Bray", "By the water they sat, and Anna Berg sang to them until late"])  # fmt: skip
def test_what_is_nearly_all_of_a_document_stays(line):
    assert clean_of([[line, "Share", "Tweet"]], "page").text("d00") == line


def test_markup_alone_leaves_nothing_and_says_so():
    clean = clean_of([["<br>", "<br/>"]])
    assert clean.text("d00") == "" and "nothing was left" in clean.documents.at["d00", "review_reasons"]


# ---------------------------------------------------------------------------------------------------------- where boxes end


GERMAN = [
    "Die Leute von Arden warten seit dem Jahr 1901 auf eine Brücke, und niemand konnte ihnen sagen, wann sie gebaut wird.",
    "In der vergangenen Woche hat der Rat noch einmal getagt, zwei Ingenieure angehört und einem Plan zugestimmt, den er früher abgelehnt hatte.",
    "Wer am Wasser wohnt, will es erst glauben, wenn die ersten Steine liegen. Das sagt auch der Pfarrer, der seit dreißig Jahren mit der Fähre fährt und sie trotz allem vermissen wird, wenn sie im nächsten Sommer zum letzten Mal vom alten Steg ablegt.",
]
SPANISH = [
    "La gente de Arden espera un puente desde el año 1901, y nadie ha podido decirle cuándo lo van a construir.",
    "La semana pasada el consejo volvió a reunirse, escuchó a dos ingenieros y aprobó un plan que antes había rechazado sin mucha discusión.",
    "Los que viven junto al agua no lo creerán hasta que vean las primeras piedras. Lo dice también el cura, que viaja en el transbordador desde hace treinta años y lo echará de menos cuando salga por última vez del muelle viejo.",
]


@pytest.mark.parametrize(
    ("header", "headline", "article"),
    [
        ("Related", "A new school for Holm", [*prose(1), *prose(2), " ".join(prose(4))]),
        ("Don't miss", "A new school for Holm", [*prose(1), *prose(2), " ".join(prose(4))]),
        ("Auch interessant", "Eine neue Schule für Holm", GERMAN),
        ("Lee también", "Una escuela nueva para Holm", SPANISH),
    ],
)
def test_a_box_inside_the_article_ends_where_a_single_paragraph_resumes(header, headline, article):
    lines = [*article[:-1], article[0].replace("Arden", "Bray"), header, headline, article[-1], "© 2021 The Post"]
    text = clean_of([lines], "page").text("d00")
    assert article[-1] in text and header not in text


def test_teasers_below_an_article_stay_in_their_box():
    teasers = [
        "Eine neue Schule für Holm",
        "In Holm soll bis zum Herbst eine neue Schule mit sechs Klassen gebaut werden.",
    ]
    text = clean_of([[*GERMAN, "Auch interessant", *teasers, "Kontakt"]], "page").text("d00")
    assert text == "\n\n".join(GERMAN)


def test_comments_in_a_share_bar_open_nothing():
    lines = [*prose(1), "Share", "Comments", prose(2)[0], "Share", "Tweet"]
    assert not clean_of([lines], "page").lines["rule"].str.contains("region").any()


def test_copies_are_one_of_the_settings_that_findings_change(tmp_path):
    for n in range(4):
        (tmp_path / f"{n}.txt").write_text("\n\n".join(prose(min(n, 2))), encoding="utf-8")
    study = cl.open_study(tmp_path)
    settings = study.findings().settings
    assert settings["copies left out"].n_tokens < settings["as on the pages before"].n_tokens
    (tmp_path / "3.txt").unlink()
    assert "copies left out" not in cl.open_study(tmp_path).findings().settings
