"""No document is left empty."""

import random

from test_cleaning_invariants import corpus_of

from corpus_lib import CleaningSettings, clean_corpus

WORDS = {
    "en": "the boats of harbour leave at dawn and nobody in village could say why river came so early this year photo by share read more",
    "de": "die Boote im Hafen fahren am Morgen und niemand im Dorf wusste warum der Fluss so früh kam Foto von teilen mehr lesen auch",
    "es": "los barcos del puerto salen al amanecer y nadie en el pueblo sabe por qué llegó el río tan pronto foto de compartir leer más",
    "tr": "limandaki tekneler şafakta ayrılıyor ve köyde kimse nehrin bu yıl neden bu kadar erken geldiğini bilmiyor fotoğraf paylaş oku",
    "ru": "лодки в гавани уходят на рассвете и никто в деревне не знает почему река пришла так рано фото поделиться читать ещё",
    "ja": "港 の 船 は 夜明け に 出る 村 では だれも 川 が なぜ 早く 来た のか 知らない 写真 共有 続き",
}
FURNITURE = ["Home", "Share", "Log in", "Recent Posts", "Privacy Policy", "Comments", "Teilen", "Startseite", "Compartir", "Menü", "Поделиться", "ログイン"]  # fmt: skip
STARTS = ["", "By ", "Photo: ", "Von ", "Foto: ", "Por ", "Updated: ", "Source: ", "© ", "* "]


def sentence(words, length, rng):
    return " ".join(rng.choice(words) for _ in range(length)).capitalize()


def test_no_document_of_one_line_is_emptied():
    rng = random.Random(20)
    texts = {}
    for n in range(2000):
        words = WORDS[rng.choice(sorted(WORDS))].split()
        line = rng.choice(STARTS) + sentence(words, rng.randint(1, 30), rng) + rng.choice(["", ".", "?", " | Home"])
        texts[f"{n:04}"] = rng.choice([line, line, line, rng.choice(FURNITURE)])
    clean = clean_corpus(corpus_of(texts), settings=CleaningSettings(kind="page"))
    assert clean.lines["keep"].all()
    assert all(clean.text(doc_id) for doc_id in texts)
