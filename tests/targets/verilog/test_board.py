"""Board tops: what is refused, lint, both tops from pin to pin, bitstreams, and the host's script on a made-up line."""

import os
import pty
import re
import subprocess
import sys
import threading
import tty
from pathlib import Path

import numpy as np
import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.assets import hardware_boards
from whetgen.errors import BadInput
from whetgen.targets.verilog.board import find_fpga_board
from whetgen.verification.rtl_runner import simulate_board
from whetgen.verification.simulators import tool_environment

MODEL = Path(__file__).parents[3] / "models" / "digits-mlp.keras"


def generate(graph, out, **options):
    whetgen.generate(graph, "verilog", out, whetgen.Options(**{"name": "tiny", "board": "hx8k-evn", **options}))
    return out


def test_what_no_board_can_do_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"^--board arty: choose one of hx8k-evn, ulx3s-25f, ulx3s-85f$"):
        generate(tiny(), tmp_path / "v", board="arty")
    with pytest.raises(BadInput, match=r"^--bus-bits 16: --board brings a byte at a time; leave it out$"):
        generate(tiny(), tmp_path / "v", bus_bits=16)
    with pytest.raises(BadInput, match=r"^--board: --target c has no such option; leave it out$"):
        whetgen.generate(tiny(), "c", tmp_path / "v", whetgen.Options(name="tiny", board="hx8k-evn"))
    assert not (tmp_path / "v").exists()


@pytest.mark.parametrize("name", hardware_boards())
def test_every_pin_stands_in_the_pin_file(name, tmp_path):
    board, folder = find_fpga_board(name), generate(tiny(), tmp_path / "v", board=name) / "board"
    (pins,) = folder.glob("pins.*")
    lines = pins.read_text().replace('"', "").replace(";", "").splitlines()
    placed = [line.split() for line in lines if line.startswith(("set_io", "LOCATE"))]
    assert {(words[-3] if "SITE" in words else words[1], words[-1]) for words in placed} == set(board.pins)
    assert len({site for _, site in board.pins}) == len(board.pins) >= 11
    assert abs(board.clock_hz / board.clocks_per_bit / board.baud - 1) < 0.01


def test_the_stored_frames_are_the_last_vectors(tmp_path):
    folder = generate(tiny(), tmp_path / "v", output="scores")
    frames = [line.split() for line in (folder / "sim" / "vectors.txt").read_text().splitlines()[1:]][-8:]
    words = {
        p.stem: [line.split("'h")[1].split(";")[0] for line in p.read_text().splitlines() if "] = " in line]
        for p in (folder / "board" / "rtl").glob("tiny_*s.v")
    }
    assert "".join(words["tiny_images"]) == "".join(frame for frame, _ in frames)
    assert b"".join(bytes.fromhex(w)[::-1] for w in words["tiny_answers"]).hex() == "".join(want for _, want in frames)


@pytest.mark.slow
@pytest.mark.parametrize("board, output", [("hx8k-evn", None), ("ulx3s-85f", "scores")])
def test_the_tops_are_clean_for_verilator_and_icarus(board, output, tmp_path):
    folder = generate(tiny(), tmp_path / "v", board=board, output=output)
    sources = [str(p) for part in ("rtl", "board/rtl") for p in sorted((folder / part).glob("*.v"))]
    for top in ("tiny_board", "tiny_self_test"):
        lint = ["verilator", "--lint-only", "-Wall", "--top-module", top, *sources]
        done = subprocess.run(lint, capture_output=True, text=True, env=tool_environment())
        assert done.returncode == 0 and "%Warning" not in done.stderr, done.stderr
        icarus = ["iverilog", "-g2005", "-Wall", "-s", top, "-o", os.devnull, *sources]
        done = subprocess.run(icarus, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_both_tops_work_from_pin_to_pin(tmp_path):
    tests, failed = simulate_board(generate(tiny(), tmp_path / "v", board="ulx3s-25f", output="scores"))
    assert tests > 0 and failed == 0


@pytest.mark.slow
def test_verify_runs_the_boards_and_reports_a_wrong_one(tmp_path):
    folder = generate(tiny(), tmp_path / "v", architecture="folded")
    result = whetgen.verify(folder, count=20)
    assert result.passed and result.measured["board_tests"] > 0
    # A stored answer that is wrong must be noticed by the self-test, on the line and on the LED.
    rom = folder / "board" / "rtl" / "tiny_answers.v"
    text = rom.read_text()
    rom.write_text(re.sub(r"(words\[3\] = \d+'h)(.)", lambda m: m[1] + ("1" if m[2] == "0" else "0"), text, count=1))
    assert rom.read_text() != text
    assert simulate_board(folder)[1] == 1


def make(folder: Path, *images: str) -> None:
    """Bitstreams of at least 10,000 bytes, with the open tools and the folder's own makefile."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["make", *images], cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all((folder / name).stat().st_size > 10_000 for name in images)


@pytest.mark.slow
@pytest.mark.parametrize("board, images", [("hx8k-evn", ("board.bin", "self_test.bin")), ("ulx3s-25f", ("board.bit",))])
def test_bitstreams_build_with_open_tools(board, images, tmp_path):
    make(generate(tiny(), tmp_path / "v", board=board) / "board", *(f"tiny_{image}" for image in images))


@pytest.mark.long
def test_digits_work_from_pin_to_pin_and_fit_the_smallest_board(tmp_path):
    digits = whetgen.trace(whetgen.load_model(MODEL), whetgen.InputSpec(scale=16))
    folder = generate(digits, tmp_path / "v", name="digits", architecture="folded")
    assert whetgen.verify(folder, count=20).passed
    make(folder / "board", "digits_board.bin")


def test_the_host_script_sends_frames_and_prints_answers(tmp_path):
    pytest.importorskip("serial")
    graph = tiny()
    folder = generate(graph, tmp_path / "v", output="scores")
    codes = np.random.default_rng(3).integers(0, 16, (5, 3))
    np.savez(tmp_path / "frames.npz", x=codes)
    line, port = pty.openpty()
    tty.setraw(port)

    def board():
        for _ in codes:
            frame = b""
            while len(frame) < 2:
                frame += os.read(line, 2 - len(frame))
            given = np.array([frame[0] & 15, frame[0] >> 4, frame[1] & 15])
            os.write(line, graph.run(given[None])[0].astype("<i4").tobytes())

    threading.Thread(target=board, daemon=True).start()
    command = [
        sys.executable,
        str(folder / "board" / "host.py"),
        "--port",
        os.ttyname(port),
        str(tmp_path / "frames.npz"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    printed = [[int(word) for word in row.split()] for row in done.stdout.splitlines()]
    assert printed == graph.run(codes).tolist()
    command[3] = str(tmp_path / "nowhere")
    failed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert failed.returncode == 1 and failed.stderr.count("\n") == 1
    assert (
        failed.stderr.startswith(f"host.py: --port {tmp_path}/nowhere: ") and "is the board plugged in" in failed.stderr
    )
