"""Workers: processes of this machine, and those of a Dask scheduler."""

import json

import pytest
from tests.app.command import run

from whetgen.app.fuzz import share_done
from whetgen.fuzz.batch import FuzzTask, run_batch
from whetgen.fuzz.judges import BATCH

COUNT = 2 * BATCH + 5
TASK = ("--count", COUNT, "--seed", 4, "--kind", "graph", "--only", "loops", "--json")


def facts(out):
    """What does not depend on the time that it took."""
    return {key: value for key, value in json.loads(out).items() if key != "cpu_seconds"}


@pytest.fixture(name="alone", scope="module")
def what_one_process_finds():
    found = run_batch(FuzzTask(4, ("loops",), ("graph",)), range(COUNT))
    return found.kinds, found.judged, found.problems


def check(out, alone):
    told = facts(out)
    assert (told["networks"], told["kinds"], told["judged"], told["problems"]) == (COUNT, *alone)


@pytest.mark.slow
def test_two_processes_find_what_one_finds(capsys, alone):
    code, out, _ = run(capsys, "fuzz", *TASK, "--workers", 2)
    assert code == 0
    check(out, alone)


@pytest.mark.slow
def test_a_dask_scheduler_and_two_workers_find_the_same(capsys, alone):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        code, out, _ = run(capsys, "fuzz", *TASK, "--scheduler", cluster.scheduler_address)
    assert code == 0
    check(out, alone)


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said(capsys):
    pytest.importorskip("distributed")
    address = "tcp://127.0.0.1:9"
    wanted = f"whetgen: --scheduler {address}: no scheduler answers; start one with dask scheduler\n"
    assert run(capsys, "fuzz", *TASK, "--scheduler", address)[::2] == (2, wanted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say how long: --minutes M, or --count N networks"),
        (("--count", 1, "--only", "gc"), "--only gc: did you mean gcc? choose one of "),
        (
            ("--count", 1, "--kind", "keas"),
            "--kind keas: did you mean keras? choose one of graph, keras, quantised, onnx, nir",
        ),
        (
            ("--again", "/nowhere"),
            "/nowhere: holds no problem.json that whetgen fuzz wrote; give a folder of its --out",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(arguments, message, capsys):
    code, _, err = run(capsys, "fuzz", *arguments)
    assert code == 2 and err.startswith(f"whetgen: {message}")


@pytest.mark.parametrize(
    "networks, count, spent, seconds, share",
    [(10, 40, 5.0, None, 0.25), (10, None, 15.0, 60.0, 0.25), (10, 40, 30.0, 60.0, 0.5), (9, None, 70.0, 60.0, 1.0)],
)
def test_the_time_left_follows_from_networks_or_minutes_whatever_ends_first(networks, count, spent, seconds, share):
    assert share_done(networks, count, spent, seconds) == share
