"""wg_self_test: right networks pass; wrong, silent, talkative and impatient ones fail, and the next run is judged afresh."""

import cocotb
import pytest
from hdl.tests.common import Bench, chance, draws, parameters
from hdl.tests.common import simulate as run


@pytest.mark.slow
def test_wg_self_test(tmp_path):
    sizes = {"FRAMES": 3, "IN_BEATS": 2, "OUT_BEATS": 2, "OUT_WIDTH": 16, "PERIOD": 150}
    run(tmp_path, "wg_self_test", {**sizes, "IMAGE_BITS": 3, "ANSWER_BITS": 3})


def reply(manner, number, answers):
    """Beats (word, last) with which a network of that manner answers frame `number`."""
    first, second = answers[2 * number : 2 * number + 2]
    right = [(first, 1 if manner == "early" else 0), (second, 1)]
    if number != 1:
        return [(first, 0), (second, 1)] + ([(0, 1)] if manner == "talkative" and number == 2 else [])
    return {"silent": [], "wrong": [(first ^ 1, 0), (second, 1)]}.get(manner, right)


@cocotb.test()
@cocotb.parametrize(manner=["right", "wrong", "silent", "early", "talkative"])
async def a_network_is_judged(dut, manner):
    p = parameters()
    images, answers = draws(p.FRAMES * p.IN_BEATS, 8), draws(p.FRAMES * p.OUT_BEATS, p.OUT_WIDTH)
    outputs = ["restart", "image_address", "answer_address", "m_axis_tdata", "m_axis_tvalid", "m_axis_tlast"]
    outputs += ["s_axis_tready", "text_data", "text_valid", "passed", "failed", "runs"]
    bench = Bench(dut, *outputs)
    await bench.reset(m_axis_tready=0, s_axis_tvalid=0, text_ready=0)
    text, verdicts, sent, queue, image, answer = b"", [], [], [], 0, 0
    manners = [manner, "right", "right"]
    for cycle in range(3 * p.PERIOD):
        word, last = queue[0] if queue else (0, 0)
        ready, listening = not chance(0.3), not chance(0.3)
        seen = await bench.step(
            image_data=image,
            answer_data=answer,
            m_axis_tready=ready,
            s_axis_tvalid=bool(queue),
            s_axis_tdata=word,
            s_axis_tlast=last,
            text_ready=listening,
        )
        image = images[seen.image_address] if seen.image_address < len(images) else 0
        answer = answers[seen.answer_address] if seen.answer_address < len(answers) else 0
        text += bytes([seen.text_data]) if seen.text_valid and listening else b""
        assert seen.restart == ((cycle + 1) % p.PERIOD == 0), "a run lasts PERIOD cycles"
        if cycle % p.PERIOD == 0 and cycle:
            verdicts.append((seen.passed, seen.failed, seen.runs))
        if seen.restart:
            assert sent == images, "every frame goes to the network once"
            sent, queue = [], []
            continue
        if queue and seen.s_axis_tready:
            queue.pop(0)
        if seen.m_axis_tvalid and ready:
            sent.append(seen.m_axis_tdata)
            assert seen.m_axis_tlast == (len(sent) % p.IN_BEATS == 0)
            if seen.m_axis_tlast:
                queue += reply(manners[cycle // p.PERIOD], len(sent) // p.IN_BEATS - 1, answers)
    good = manner == "right"
    assert verdicts == [(int(good), int(not good), 1), (1, 0, 0)]
    lines = text.decode().split("\r\n")
    assert lines[0].startswith("PASS 3/3" if good else "FAIL ") and lines[1] == "PASS 3/3"
