"""Numbers and names as people read them."""

import pytest

from whetgen.wording import counted, duration, every, facts, meant, number, unknown


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "cycle", "0 cycles"),
        (1, "cycle", "1 cycle"),
        (10177, "instruction", "10,177 instructions"),
        (1, "mismatch", "1 mismatch"),
        (2, "mismatch", "2 mismatches"),
        (2, "class", "2 classes"),
    ],
)
def test_counts_have_separators_and_the_right_noun(count, noun, text):
    assert counted(count, noun) == text


def test_an_interval_of_one_has_no_number():
    assert [every(1, "cycle"), every(32768, "cycle")] == ["every cycle", "every 32,768 cycles"]


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(640, "640 ns"), (46982.5, "46.98 us"), (1_203_000, "1.203 ms"), (2.5e9, "2.5 s"), (999.9, "999.9 ns")],
)
def test_durations_have_four_digits_and_a_unit_that_suits_them(nanoseconds, text):
    assert duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12345, "12,345"), (1234.5, "1,234.5"), (2.0, "2"), ("-Os", "-Os"), (True, "True")]
)
def test_numbers_have_no_empty_digits(value, text):
    assert number(value) == text


def test_facts_leave_out_what_is_not_known():
    told = facts(
        {"cost_mean": 10177, "flags": "-Os", "ram_left_bytes": None, "stack_bytes": 1}, {"cost_mean": "instruction"}
    )
    assert told == ["cost mean 10,177 instructions", "flags -Os", "stack 1 byte"]


def test_the_nearest_name_is_offered_and_all_are_listed():
    assert str(unknown("--mcu", "cortex-m5", ("avr", "cortex-m7"))) == (
        "--mcu cortex-m5: did you mean cortex-m7? choose one of avr, cortex-m7"
    )
    assert meant("nothing alike", ("avr",)) == ""
