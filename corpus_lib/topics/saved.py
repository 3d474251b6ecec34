"""Saving and loading a topic model: .npy arrays and one JSON file, nothing pickled."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.files import write_array
from corpus_lib.folders import TOPIC_MODEL, check_files, checksums, new_data, publish, read_manifest
from corpus_lib.topics.fitted import Fitted
from corpus_lib.topics.resampling import Resamples
from corpus_lib.topics.weighting import Recipe, Weighting

RECIPE = tuple(Recipe().as_dict())


def save_model(model: Fitted, folder: Path) -> None:
    """Write the arrays, then `model.json`, which names them and makes the folder a model."""
    arrays = {
        "phi": model.phi.to_numpy(), "theta": model.theta.to_numpy(), "probability": model.probability.to_numpy(),
        "components": model.components, "idf": model.weighting.idf,
        "counts_data": model.counts.data, "counts_indices": model.counts.indices, "counts_indptr": model.counts.indptr,
    }  # fmt: skip
    refits = model.resamples
    if refits is not None:
        arrays |= {"samples": refits.samples, "overlap": refits.overlap}
        arrays |= {"refit_top": refits.top, "refit_theta": refits.theta}
    described = {
        "format": TOPIC_MODEL.format, "terms": [str(t) for t in model.terms], "settings": dict(model.settings),
        "weighting": {"mean_length": model.weighting.mean_length, "scale": model.weighting.scale},
        "resamples": None if refits is None else {"share": refits.share, "drawn": refits.drawn},
        "units": _frame_out(model.units), "left_out": _frame_out(model.left_out),
    }  # fmt: skip
    with new_data(folder, name=TOPIC_MODEL.name) as data:
        for name, array in arrays.items():
            write_array(data / f"{name}.npy", array)
        publish(folder, data, described | {"files": checksums(data)}, name=TOPIC_MODEL.name)


def read_model(folder: Path) -> dict[str, Any]:
    """The fields of the model that `save_model` wrote, without its tokens."""
    described = read_manifest(folder, TOPIC_MODEL)
    data = check_files(folder, described, TOPIC_MODEL, verify=True)
    read = {Path(name).stem: np.load(data / name, allow_pickle=False) for name in described["files"]}
    settings, terms = described["settings"], pd.Index(described["terms"], name="term")
    units = _frame_in(described["units"])
    topics = pd.RangeIndex(1, len(read["phi"]) + 1, name="topic")
    recipe = Recipe(**{name: settings[name] for name in RECIPE})
    weighting = Weighting(read["idf"], described["weighting"]["mean_length"], described["weighting"]["scale"], recipe)
    entries = tuple(read[f"counts_{part}"] for part in ("data", "indices", "indptr"))
    counts = sp.csr_array(entries, shape=(len(units), len(terms)))
    refits = None
    if described["resamples"] is not None:
        arrays = [read[name] for name in ("samples", "overlap", "refit_top", "refit_theta")]
        refits = Resamples(*arrays, **described["resamples"])
    return {
        "phi": pd.DataFrame(read["phi"], index=topics, columns=terms),
        "theta": pd.DataFrame(read["theta"], index=units.index, columns=topics),
        "probability": pd.DataFrame(read["probability"], index=topics, columns=terms),
        "units": units, "left_out": _frame_in(described["left_out"]), "settings": MappingProxyType(settings),
        "resamples": refits, "counts": counts, "components": read["components"], "weighting": weighting,
    }  # fmt: skip


def _frame_out(frame: pd.DataFrame) -> dict[str, Any]:
    columns = {
        str(name): {"dtype": str(column.dtype), "values": [_plain(value) for value in column.astype(object)]}
        for name, column in frame.items()
    }
    return {"n": len(frame), "columns": columns}


def _plain(value: Any) -> Any:
    """A cell as JSON has it; a missing one is null."""
    if value is None or value is pd.NA or value != value:
        return None
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, str | int | float | bool) else str(value)


def _frame_in(described: dict[str, Any]) -> pd.DataFrame:
    columns = {n: pd.Series(c["values"], dtype=object).astype(c["dtype"]) for n, c in described["columns"].items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(described["n"]))
