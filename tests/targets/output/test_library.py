"""The files of the hand-written libraries that a folder gets: all that its text names, none else."""

import re

import pytest

from whetgen.assets import assets
from whetgen.targets.output.library import library, named


def test_text_names_what_it_includes_and_instantiates_and_nothing_that_it_only_mentions():
    c = '#include "wg_planes.h"\n#include "library/wg_slide.h"\n#include <string.h>\nwg_call(x);\n/* wg_word */\n'
    verilog = "    wg_count #(.INPUTS(3)) n (.bits(x));\n    wg_power_on power_on (\n    // wg_table #(\n    wg_too_wide stop();\n"
    assert named([c, verilog]) == {"wg_planes", "wg_slide", "wg_count", "wg_power_on"}


def test_files_come_with_what_they_name_in_turn():
    assert list(library({"wg_stream_buffer"}, "hdl/rtl")) == ["wg_divide.v", "wg_stream_buffer.v", "wg_table.v"]


def test_a_header_brings_the_source_of_its_name():
    assert {"wg_bits.c", "wg_bits.h", "wg_max_pool.h"} < library({"wg_max_pool_bits"}, "firmware/runtime").keys()


@pytest.mark.parametrize("tool", ["vitis", "catapult"])
def test_a_name_is_looked_for_in_every_folder(tool):
    files = library({"wg_send"}, "hdl/hls", f"hdl/hls/{tool}")
    assert list(files) == ["wg_numbers.h", "wg_send.h", "wg_types.h"]
    assert files["wg_types.h"] == (assets() / "hdl" / "hls" / tool / "wg_types.h").read_text()


def test_every_module_that_a_library_module_instantiates_is_a_file():
    """However the instance is written: anything before a list of parameters or ports that ends in a port's name."""
    folder = assets() / "hdl" / "rtl"
    for path in folder.glob("*.v"):
        code = re.sub(r"//.*", "", path.read_text())
        others = {word for word in re.findall(r"\bwg_\w+\b", code) if (folder / f"{word}.v").exists()} - {path.stem}
        assert others == named([code]) - {path.stem}, path.stem
