"""A search: batches of networks, several at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

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
