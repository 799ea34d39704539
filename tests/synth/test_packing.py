"""Two small functions in one LUT: the pairs of hand-made netlists."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from whetgen.synth.packing import paired_tables


def table(reads, output):
    """A LUT of that many inputs."""
    ports = {f"I{k}": [net] for k, net in enumerate(reads)}
    return _cell(f"LUT{len(reads)}", ports, {"O": [output]})


def chain(passes, generated):
    """A CARRY4, by its inputs S and DI."""
    return _cell(
        "CARRY4", {"S": passes, "DI": generated, "CI": ["0"], "CYINIT": ["0"]}, {"O": ["x"] * 4, "CO": ["x"] * 4}
    )


def _cell(kind, inputs, outputs):
    directions = dict.fromkeys(inputs, "input") | dict.fromkeys(outputs, "output")
    return {"type": kind, "port_directions": directions, "connections": {**inputs, **outputs}}


def test_two_tables_of_five_joint_inputs_are_a_pair():
    assert paired_tables([table([1, 2, 3], 10), table([3, 4, 5], 11)]) == 1
    assert paired_tables([table([1, 2, 3, 4, 5], 10), table([5, 4, 3, 2, 1], 11)]) == 1


def test_tables_that_share_nothing_are_a_pair_where_five_inputs_are_enough():
    assert paired_tables([table([1, 2, 3], 10), table([4, 5], 11)]) == 1
    assert paired_tables([table([1, 2, 3], 10), table([4, 5, 6], 11)]) == 0


def test_a_table_of_six_inputs_has_no_second_output():
    assert paired_tables([table([1, 2, 3, 4, 5, 6], 10), table([1, 2], 11)]) == 0


def test_constant_pins_and_inverters_count_as_what_they_read():
    assert paired_tables([table([1, 2, 3, 4, "1"], 10), _cell("INV", {"I": [5]}, {"O": [11]})]) == 1


def test_a_table_is_in_one_pair_only():
    assert paired_tables([table([1, 2, 3], 10 + k) for k in range(5)]) == 2


def test_large_tables_choose_first_and_leave_small_ones_to_each_other():
    """The table of two inputs fits both others; the pair of four is the only one for the table of five."""
    cells = [table([7, 8], 10), table([1, 2, 3, 4], 11), table([1, 2, 3, 4, 5], 12), table([7, 8, 9], 13)]
    assert paired_tables(cells) == 2


def test_beside_a_chain_the_second_output_is_the_bit_that_is_generated_there():
    passes, generated, other = table([1, 2, 3], 10), table([1, 2], 11), table([1, 2, 3], 12)
    wired = chain([10, "0", "0", "0"], [11, "0", "0", "0"])
    assert paired_tables([passes, generated, wired]) == 1
    assert paired_tables([passes, other, wired]) == 0


def test_a_generated_bit_that_is_read_elsewhere_leaves_the_slice_and_takes_a_lut():
    cells = [table([1, 2, 3], 10), table([1, 2], 11), chain([10, "0", "0", "0"], [11, "0", "0", "0"])]
    assert paired_tables([*cells, _cell("FDRE", {"D": [11]}, {"Q": [20]})]) == 0


def test_a_table_at_two_positions_keeps_both_outputs_for_them():
    cells = [table([1, 2], 10), table([1, 2], 11), table([1, 2], 12), chain([10, 10, "0", "0"], [11, 12, "0", "0"])]
    assert paired_tables(cells) == 1  # 11 with 12


@given(st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=5), max_size=7))
def test_the_pairs_are_at_least_half_of_the_most_possible_ones_and_never_more(reads):
    cells = [table(sorted(nets), 10 + k) for k, nets in enumerate(reads)]
    most = _most_pairs(list(reads))
    assert most <= 2 * paired_tables(cells) <= 2 * most


def _most_pairs(reads):
    """Every matching, tried."""
    if not reads:
        return 0
    first, *rest = reads
    partners = [k for k, other in enumerate(rest) if len(first | other) <= 5]
    tried = (1 + _most_pairs(rest[:k] + rest[k + 1 :]) for k in partners)
    return max(itertools.chain([_most_pairs(rest)], tried))
