"""wg_stream_buffer: words come out as they went in, whatever their widths; room and words are never promised twice."""

import random
from collections import deque

import cocotb
import pytest
from hdl.tests.common import Bench, chance, draw, parameters, simulate
from hdl.tests.windows import address_bits

RANDOM, IN_ORDER, WHOLE = 0, 1, 2
NAMES = ("WRITE_BITS", "READ_BITS", "WORD_BITS", "WRITES", "READS", "DEPTH", "READER", "COMMIT", "COVER")


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        (8, 8, 8, 4, 4, 1, IN_ORDER, 0, 0),
        (3, 12, 12, 8, 2, 3, IN_ORDER, 0, 0),
        (12, 3, 12, 2, 8, 3, IN_ORDER, 1, 0),
        (4, 6, 12, 5, 4, 3, IN_ORDER, 1, 0),
        (6, 6, 6, 9, 9, 7, RANDOM, 0, 0),
        (2, 6, 6, 6, 2, 5, RANDOM, 0, 1),
        (8, 4, 8, 5, 10, 11, RANDOM, 1, 0),
        (5, 5, 5, 4, 4, 9, WHOLE, 0, 0),
    ],
    ids=str,
)
def test_wg_stream_buffer(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    words = -(-p["WRITES"] * p["WRITE_BITS"] // p["WORD_BITS"])
    simulate(
        tmp_path, "wg_stream_buffer", p | {"OFFSET_BITS": address_bits(p["READS"]), "RELEASE_BITS": words.bit_length()}
    )


class Model:
    """Memory words of the kept frames, and those that count already."""

    def __init__(self, p):
        self.p, self.words = p, -(-p.WRITES * p.WRITE_BITS // p.WORD_BITS)
        self.kept: deque[int] = deque()
        self.frame, self.visible = [], 0

    def write(self, data: int, last: bool) -> int:
        """Memory words that become available."""
        p = self.p
        self.frame.append(data)
        slots = p.WORD_BITS // p.WRITE_BITS
        if not last and (p.COMMIT or len(self.frame) % slots):
            return 0
        packed = sum(word << (at * p.WRITE_BITS) for at, word in enumerate(self.frame))
        count = -(-len(self.frame) // slots)
        begin = 0 if p.COMMIT else count - 1
        new = [packed >> (at * p.WORD_BITS) & ((1 << p.WORD_BITS) - 1) for at in range(begin, count)]
        self.kept.extend(new)
        if last:
            self.frame = []
        return len(new)


def is_available(p, model: Model, level: int, word: int) -> bool:
    """Whether a read may take place, with so many memory words there."""
    return level > 0 if p.READER == IN_ORDER else level >= model.words if p.READER == WHOLE else word < level


def drawn_release(p, model: Model, level: int) -> int:
    """Memory words that a reader frees in this cycle; one that reads in order tells otherwise."""
    if p.READER == IN_ORDER or not level or not chance(0.3):
        return 0
    if p.READER == WHOLE:
        return model.words if level >= model.words else 0
    return random.randint(1, min(level, model.words))


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def words_come_out_as_they_went_in(dut, idle, stall):
    p = parameters()
    model, parts = Model(p), p.WORD_BITS // p.READ_BITS
    bench = Bench(dut, "wr_room", "rd_any", "rd_available", "rd_data")
    quiet = {
        n: 0 for n in ("wr_take", "wr_valid", "wr_data", "wr_last", "wr_drop", "rd_next", "rd_offset", "rd_release")
    }
    await bench.reset(**quiet, rd_enable=1)
    promised, at, read, level, data, reads = deque(), 0, 0, 0, [None, None], 0
    for _ in range(4000):
        # A word is written at once (COMMIT: the input) or some cycles after its room was promised.
        room = int(dut.wr_room.value)
        take = room and not chance(idle)
        if take:
            promised.append(bench.cycle + (0 if p.COMMIT else random.randint(1, 4)))
        valid = bool(promised) and promised[0] <= bench.cycle
        last = at == p.WRITES - 1
        drop = bool(p.COMMIT and valid and chance(0.05))
        word = draw(p.WRITE_BITS)
        enable = not chance(stall) if p.READER == IN_ORDER else True
        offset, release = random.randrange(p.READS), drawn_release(p, model, level)
        available = is_available(p, model, level, offset // parts)
        following = bool(available and enable and not chance(stall)) if p.READER == IN_ORDER else release > 0
        inputs = {
            "wr_take": take, "wr_valid": valid, "wr_data": word, "wr_last": valid and last and not drop, "wr_drop": drop,
            "rd_enable": enable, "rd_next": following, "rd_offset": offset, "rd_release": release,
        }  # fmt: skip
        seen = await bench.step(**inputs)
        assert seen.rd_available == available, f"cycle {bench.cycle}: {level} words"
        if data[1] is not None:
            assert seen.rd_data == data[1], f"cycle {bench.cycle}"
        if enable:
            index = read % parts if p.READER == IN_ORDER else offset
            there = available and index // parts < level
            kept = model.kept[index // parts] if there else None
            data = [None if kept is None else kept >> (index % parts * p.READ_BITS) & ((1 << p.READ_BITS) - 1), data[0]]
        freed = release
        if p.READER == IN_ORDER and following:
            read, reads = (read + 1) % p.READS, reads + 1
            freed = int(read % parts == 0)
        for _ in range(freed):
            model.kept.popleft()
        level -= freed
        if valid:
            promised.popleft()
            if drop:
                model.frame, at = [], 0
            else:
                level += model.write(word, last)
                at = 0 if last else at + 1
        reads += freed
    assert reads > 100
