"""Saving and loading a topic model: .npy arrays and one JSON file, nothing pickled."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from corpus_lib.errors import InvalidValue, MissingFile
from corpus_lib.files import write_array
from corpus_lib.folders import check_seal, checksums, new_data, publish, wrong_file
from corpus_lib.topics.fitted import Fitted
from corpus_lib.topics.resampling import Resamples
from corpus_lib.topics.weighting import Recipe, Weighting

FORMAT = "corpus_lib topic model 2"
MANIFEST = "model.json"
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
        arrays |= {
            "samples": refits.samples,
            "overlap": refits.overlap,
            "refit_top": refits.top,
            "refit_theta": refits.theta,
        }
    described = {
        "format": FORMAT, "terms": [str(t) for t in model.terms], "settings": dict(model.settings),
        "weighting": {"mean_length": model.weighting.mean_length, "scale": model.weighting.scale},
        "resamples": None if refits is None else {"share": refits.share, "drawn": refits.drawn},
        "units": _frame_out(model.units), "left_out": _frame_out(model.left_out),
    }  # fmt: skip
    with new_data(folder, name=MANIFEST) as data:
        for name, array in arrays.items():
            write_array(data / f"{name}.npy", array)
        publish(folder, data, described | {"files": checksums(data)}, name=MANIFEST)


def read_model(folder: Path) -> dict[str, Any]:
    """The fields of the model that `save_model` wrote, without its tokens."""
    described = _described(folder)
    data = folder / described["data"]
    read = {Path(name).stem: np.load(data / name, allow_pickle=False) for name in described["files"]}
    settings, terms = described["settings"], pd.Index(described["terms"], name="term")
    units = _frame_in(described["units"])
    topics = pd.RangeIndex(1, len(read["phi"]) + 1, name="topic")
    recipe = Recipe(**{name: settings[name] for name in RECIPE})
    weighting = Weighting(read["idf"], described["weighting"]["mean_length"], described["weighting"]["scale"], recipe)
    counts = sp.csr_array(
        (read["counts_data"], read["counts_indices"], read["counts_indptr"]), shape=(len(units), len(terms))
    )
    refits = None
    if described["resamples"] is not None:
        refits = Resamples(
            read["samples"], read["overlap"], read["refit_top"], read["refit_theta"], **described["resamples"]
        )
    return {
        "phi": pd.DataFrame(read["phi"], index=topics, columns=terms),
        "theta": pd.DataFrame(read["theta"], index=units.index, columns=topics),
        "probability": pd.DataFrame(read["probability"], index=topics, columns=terms),
        "units": units, "left_out": _frame_in(described["left_out"]), "settings": MappingProxyType(settings),
        "resamples": refits, "counts": counts, "components": read["components"], "weighting": weighting,
    }  # fmt: skip


def _described(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingFile(
            f"`folder` must hold a saved topic model; {folder.name!r} has no model.json. Save one with TopicModel.save(folder)."
        )
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"model.json in {folder.name!r} must be JSON; {error}. Save the model again.") from error
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise InvalidValue(
            f"model.json in {folder.name!r} must be of the format {FORMAT!r}; save the model again with this version."
        )
    check_seal(folder, described, "Save the model again.", name=MANIFEST)
    changed = [n for n, known in described["files"].items() if wrong_file(folder / described["data"] / n, known)]
    if changed:
        raise InvalidValue(
            f"{folder.name!r} does not hold the model that was saved: {', '.join(changed)} is missing or was changed. Save the model again."
        )
    return described


def _frame_out(frame: pd.DataFrame) -> dict[str, Any]:
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb":
            values: list[Any] = column.tolist()
            values = [None if isinstance(v, float) and np.isnan(v) else v for v in values]
        else:
            values = [None if v is None or v is pd.NA or v != v else _plain(v) for v in column.astype(object)]
        columns[str(name)] = {"dtype": str(column.dtype), "values": values}
    return {"n": len(frame), "columns": columns}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, str | int | float | bool) else str(value)


def _frame_in(described: dict[str, Any]) -> pd.DataFrame:
    columns = {
        name: pd.Series(column["values"], dtype=object).astype(column["dtype"])
        for name, column in described["columns"].items()
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(described["n"]))
