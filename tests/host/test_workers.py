"""Processes of this machine that do the work."""

import os

import pytest

from whetgen.errors import CouldNotRun
from whetgen.host.workers import executor_on


def test_a_worker_that_is_killed_is_one_line():
    told = r"^a worker was killed, for memory perhaps; give fewer --workers$"
    with pytest.raises(CouldNotRun, match=told), executor_on(None, 1) as (pool, _):
        pool.submit(os._exit, 9).result()
