"""Prints everything a notebook prints of topics, on the five articles: run in other processes, it must print the same."""

from __future__ import annotations

import sys
from pathlib import Path

from corpus_lib import choose_n_topics, coherence, fit_topics, load_corpus, tokenize


def main() -> None:
    tokens = tokenize(load_corpus(Path(__file__).resolve().parents[1] / "seeds"), unit="paragraph")
    for n_topics in (3, 5):
        model = fit_topics(tokens, n_topics)
        tables = {
            "summary": model.summary(), "terms": model.top_terms(10).round(4), "prevalence": model.prevalence("doc_id").round(3),
            "documents": model.by_document().round(3), "passages": model.passages(1, 2), "distances": model.distances().round(3),
            "coherence": coherence(model, tokens).round(3).to_frame(), "layout": model.layout().round(3),
        }  # fmt: skip
        for name, table in tables.items():
            print(n_topics, name, table.to_csv(lineterminator="\n"), sep="\n")
    table = choose_n_topics(tokens, [2, 4], resamples=10)
    print(table.round(3).to_csv(lineterminator="\n"), table.attrs)


if __name__ == "__main__":
    sys.exit(main())
