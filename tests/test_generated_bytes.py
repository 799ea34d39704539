"""The safety net itself: a file that changes, vanishes or appears is named."""

from random import Random

from tests.generated_bytes import Case, differences, hashes

from whetgen.fuzz.graphs import random_graph
from whetgen.ir import save_graph


def test_the_same_graph_and_options_give_the_same_hashes_and_others_do_not(tmp_path):
    save_graph(random_graph(Random(3), max_bits=60, small=True), tmp_path)
    one, again, other = (hashes([Case("net", tmp_path, "c", options)]) for options in ({}, {}, {"constant_time": True}))
    assert one["net"] and one == again
    assert differences(one, other)


def test_a_refusal_is_recorded_by_its_message(tmp_path):
    save_graph(random_graph(Random(3), max_bits=60, small=True), tmp_path)
    made = hashes([Case("net", tmp_path, "c", {"mcu": "z80"})])
    assert made["net"]["refused"].startswith("--mcu z80: ")


def test_each_difference_is_one_line():
    before = {"a": {"x.v": "1", "y.v": "2"}, "b": {"x.v": "1"}}
    after = {"a": {"x.v": "9", "z.v": "3"}, "c": {"x.v": "1"}}
    assert differences(before, after) == [
        "a: x.v",
        "a: y.v",
        "a: z.v",
        "b: no such case now",
        "c: no such case before",
    ]
