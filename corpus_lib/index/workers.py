"""Parts of a work given to workers: joblib's threads and processes, or the user's Dask cluster."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from typing import Any

from corpus_lib.errors import WorkerLost


def as_finished(work: Callable[[int], int], numbers: Sequence[int], n_jobs: int | None) -> Iterator[int]:
    """Call `work` with each number on the workers; yield the numbers as they are done.

    Parameters
    ----------
    work
        Small and known to the workers by its module: it travels with every call.
    numbers
        The parts.
    n_jobs
        Workers, as joblib counts them; inside ``joblib.parallel_config(backend="dask")`` all of the cluster.

    Raises
    ------
    WorkerLost
        If workers end without an answer. What others have done by then is kept.
    """
    from joblib.parallel import get_active_backend

    client = getattr(get_active_backend()[0], "client", None)
    yield from _on_machine(work, numbers, n_jobs) if client is None else _on_cluster(client, work, numbers)


def _on_machine(work: Callable[[int], int], numbers: Sequence[int], n_jobs: int | None) -> Iterator[int]:
    from joblib import Parallel, delayed

    try:
        yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)(
            delayed(work)(n) for n in numbers
        )
    except BrokenExecutor as error:
        raise WorkerLost(
            "a worker process ended without an answer; most often the machine was short of memory. "
            "Finished parts are kept: run it again, with fewer workers (`n_jobs`) if it happens twice."
        ) from error
    except MemoryError as error:
        raise WorkerLost(
            "a worker was short of memory. Finished parts are kept: run it again with fewer workers (`n_jobs`)."
        ) from error


def _on_cluster(client: Any, work: Callable[[int], int], numbers: Sequence[int]) -> Iterator[int]:
    """Through the client itself: where a part ends every worker that it meets, joblib's own backend would wait forever."""
    from distributed import as_completed
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    futures = client.map(work, numbers, pure=False)
    part = dict(zip(futures, numbers, strict=True))
    try:
        for future in as_completed(futures):  # type: ignore[no-untyped-call]  # distributed is typed in parts
            try:
                yield future.result()
            except KilledWorker as error:
                raise WorkerLost(
                    f"part {part[future]} ended every worker that it was given to; most often they were short of memory. "
                    "Finished parts are kept: run it again with workers that have more memory, or with more `parts`."
                ) from error
            except FutureCancelledError as error:
                raise WorkerLost(
                    f"the cluster gave up part {part[future]}: its scheduler was closed or lost. Finished parts are kept: start the cluster and run it again."
                ) from error
    finally:
        client.cancel(futures)
