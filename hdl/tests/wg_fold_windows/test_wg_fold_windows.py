"""wg_fold_windows: asks for every tap in order once it is there, hands it on with its flags, frees what is done."""

import cocotb
import pytest
from hdl.tests.common import Bench, chance, check_in_order, parameters, simulate
from hdl.tests.windows import ONE, PADDED, STRIDED, address_bits, positions, taps

FRAMES = 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, chunks, passes, planes, by_channel, by_row",
    [(ONE, 1, 1, 1, 0, 1), (PADDED, 3, 2, 1, 0, 1), (PADDED, 1, 2, 4, 0, 0), (STRIDED, 3, 3, 1, 1, 1), (STRIDED, 2, 2, 1, 0, 0)],
    ids=["one", "padded", "planes of whole frames", "strided by channel", "strided whole frames"],
)  # fmt: skip
def test_wg_fold_windows(tmp_path, geometry, chunks, passes, planes, by_channel, by_row):
    words = geometry["HEIGHT"] * geometry["WIDTH"] * chunks
    simulate(
        tmp_path,
        "wg_fold_windows",
        {
            **geometry, "CHUNKS": chunks, "PASSES": passes, "PLANES": planes, "BY_CHANNEL": by_channel, "BY_ROW": by_row,
            "FRAME_WORDS": words, "OFFSET_BITS": address_bits(words), "RELEASE_BITS": words.bit_length(),
            "PLANE_BITS": address_bits(planes),
        },
    )  # fmt: skip


def walk(p):
    """(word or None in the padding, first of a pass, of a later plane, last of a result, of the frame, plane)."""
    words = []
    for oy, ox in positions(p):
        for number in range(p.PASSES):
            for plane in range(p.PLANES):
                window = [
                    (y * p.WIDTH + x) * p.CHUNKS + chunk if inside else None
                    for y, x, inside in taps(p, oy, ox)
                    for chunk in ([number] if p.BY_CHANNEL else range(p.CHUNKS))
                ]
                last = len(window) - 1
                words += [
                    (word, at == plane == 0, at == 0 and plane > 0, at == last and plane == p.PLANES - 1, False, plane)
                    for at, word in enumerate(window)
                ]
    words[-1] = (*words[-1][:4], True, words[-1][5])
    return words


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def every_tap_in_order(dut, idle, stall):
    p = parameters()
    expected, frame = walk(p), p.HEIGHT * p.WIDTH * p.CHUNKS
    names = ("valid", "inside", "first", "shift", "last", "frame", "plane")
    bench = Bench(dut, "rd_next", "out_take", "tap_soon", "soon_last", *(f"tap_{n}" for n in names))
    await bench.reset(in_any=0, in_available=0, out_room=0)
    arrived = base = steps = 0
    asked, told, delayed = [], [], [0, 0]
    for _ in range(FRAMES * len(expected) * 12 + 200):
        arrived += arrived < FRAMES * frame and not chance(idle)
        level, offset, release = arrived - base, int(dut.rd_offset.value), int(dut.rd_release.value)
        covered, room = release <= level, not chance(stall)
        seen = await bench.step(in_any=level > 0 and covered, in_available=offset < level and covered, out_room=room)
        if seen.tap_valid:
            told.append(tuple(getattr(seen, f"tap_{n}") for n in names[1:]))
        assert seen.tap_soon == delayed[0] and seen.tap_valid == delayed[1]
        delayed = [seen.rd_next, delayed[0]]
        assert not seen.out_take or room, "a result without room"
        if seen.rd_next:
            assert level > 0 or steps % len(expected), "a frame begins with its first word"
            asked.append(base + offset - steps // len(expected) * frame)
            assert seen.out_take == expected[steps % len(expected)][3]
            steps += 1
            base += release
        assert base <= arrived, "words were freed that are not there"
    assert base == FRAMES * frame, "all words are freed"
    found = [
        (word if inside else None, bool(first), bool(shift), bool(last), bool(end), plane)
        for word, (inside, first, shift, last, end, plane) in zip(asked, told, strict=True)
    ]
    check_in_order(found, expected * FRAMES)
