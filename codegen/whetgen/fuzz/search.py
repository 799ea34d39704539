"""A search: batches of networks on some processes of this machine, or on the workers of a Dask scheduler."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context

from whetgen.errors import BadInput
from whetgen.fuzz.batch import Found, FuzzTask, run_batch
from whetgen.fuzz.judges import BATCH

Progress = Callable[[Found], None]


def search(
    task: FuzzTask, executor: Executor, at_once: int, count: int | None, seconds: float | None, tell: Progress
) -> Found:
    """The first ``count`` networks, or those that are begun within ``seconds``; ``at_once``: batches in flight."""
    found, began, running, at = Found(), time.monotonic(), set[Future[Found]](), 0
    while True:
        while len(running) < at_once and _more(at, count, began, seconds):
            until = at + BATCH if count is None else min(at + BATCH, count)
            running.add(executor.submit(run_batch, task, range(at, until)))
            at = until
        if not running:
            return found
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            found.add(future.result())
        tell(found)


def _more(at: int, count: int | None, began: float, seconds: float | None) -> bool:
    return (count is None or at < count) and (seconds is None or time.monotonic() - began < seconds)


@contextmanager
def processes(count: int) -> Iterator[tuple[Executor, int]]:
    """Processes of this machine, and how many batches they take at once."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool, count
    finally:
        for process in (pool._processes or {}).values():  # else an interrupted search waits for its batches
            process.terminate()
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_workers(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of the scheduler at ``address``, which need whetgen and the tools.

    Raises:
        BadInput: distributed is not installed, or there is no scheduler or worker.
    """
    try:
        from distributed import Client
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
        yield client.get_executor(pure=False), 2 * places
