"""Topics by period."""

import pandas as pd

from corpus_lib.measures.over_time import Period, nothing, periods_of
from corpus_lib.topics.fit import TopicModel

TOPIC_COLUMNS = ["topic", "period", "mean", "low", "high", "n_units", "n_documents", "reproducible"]


def topics_over_time(
    model: TopicModel, *, date: str | None = None, period: Period | None = None, interval: float = 0.9
) -> pd.DataFrame:
    """Mean share of each topic in each period, with the intervals of `TopicModel.prevalence`.

    Parameters
    ----------
    model
        The model; its units have the dates.
    date, period, interval
        As for `words_over_time`.

    Returns
    -------
    DataFrame
        One row per topic and period, in order: `topic`, `period`, `mean`, `low`, `high`, `n_units` (with a topic), `n_documents`,
        `reproducible`. Gaps and `attrs` are as in `words_over_time`.

    Notes
    -----
    One model is fitted on the whole corpus and its topics do not change over time; what changes is how much of each there is.
    """
    labels, periods, attrs = periods_of(model.units, date, period)
    if not periods:
        return nothing(TOPIC_COLUMNS, attrs)
    shares = model.prevalence(list(labels), interval=interval)
    every = pd.MultiIndex.from_product([model.topics, periods], names=["topic", "period"])
    frame = shares.rename(columns={"group": "period"}).set_index(["topic", "period"]).reindex(every)
    frame = frame.fillna({"n_units": 0, "n_documents": 0}).astype({"n_units": int, "n_documents": int}).reset_index()
    frame["reproducible"] = frame["topic"].map(model.reproducible).astype(bool)
    attrs["notes"] += [note for note in shares.attrs["notes"] if note.startswith(("Intervals", "No intervals"))]
    frame.attrs = attrs
    return frame[TOPIC_COLUMNS]
