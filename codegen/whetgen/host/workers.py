"""Who works beside this process: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context

from whetgen.errors import BadInput, CouldNotRun


def executor_on(scheduler: str | None, count: int) -> AbstractContextManager[tuple[Executor, int]]:
    """An executor, and how many tasks it takes at once: of the Dask scheduler at that address, else ``count`` processes.

    Raises:
        BadInput: distributed is not installed, or there is no scheduler or worker.
        CouldNotRun: within the block, a worker was killed.
    """
    return _dask_workers(scheduler) if scheduler else _processes(count)


@contextmanager
def _processes(count: int) -> Iterator[tuple[Executor, int]]:
    """Processes of this machine, and how many batches they take at once."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool, count
    except BrokenExecutor as error:
        raise CouldNotRun("a worker was killed, for memory perhaps; give fewer --workers") from error
    finally:
        for process in (pool._processes or {}).values():  # else who is interrupted waits for what they do
            process.terminate()
        pool.shutdown(cancel_futures=True)


@contextmanager
def _dask_workers(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of the scheduler at ``address``, which need whetgen and the tools.

    Raises:
        BadInput: distributed is not installed, or there is no scheduler or worker.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise BadInput(f"--scheduler {address}: needs Dask ({error}); install whetgen[fuzz]") from error
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise BadInput(f"--scheduler {address}: no scheduler answers; start one with dask scheduler") from error
    with client:
        places = sum(client.nthreads().values())
        if not places:
            raise BadInput(f"--scheduler {address}: has no workers; start some with dask worker {address}")
        try:
            yield client.get_executor(pure=False), 2 * places
        except KilledWorker as error:
            raise CouldNotRun(f"--scheduler {address}: workers were killed, for memory perhaps") from error
