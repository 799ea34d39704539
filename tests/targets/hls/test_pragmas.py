"""Pragmas of Vitis HLS become those of Catapult, in front of what they are about."""

import pytest
from tests.targets.verilog.test_golden import tiny

from whetgen.targets.hls import target as hls
from whetgen.targets.hls.pragmas import to_catapult

CASES = {
    "a loop": (
        "    for (;;) {\n#pragma HLS PIPELINE II=1\n        work();",
        "#pragma hls_pipeline_init_interval 1\n    for (;;) {\n        work();",
    ),
    "a labelled loop": (
        "rows:\n    while (more) {\n#pragma HLS PIPELINE II=1\n    }",
        "#pragma hls_pipeline_init_interval 1\nrows:\n    while (more) {\n    }",
    ),
    "the innermost loop": (
        "for (a) {\n    for (b) {\n#pragma HLS UNROLL\n    }\n}",
        "for (a) {\n#pragma hls_unroll yes\n    for (b) {\n    }\n}",
    ),
    "a kernel": (
        "template <int N>\nvoid kernel(int a,\n            int b) {\n#pragma HLS INLINE off\n}",
        "#pragma hls_design\ntemplate <int N>\nvoid kernel(int a,\n            int b) {\n}",
    ),
    "a kernel on one line": (
        "template <typename L> void kernel(int a) {\n#pragma HLS INLINE off\n}",
        "#pragma hls_design\ntemplate <typename L> void kernel(int a) {\n}",
    ),
    "the top function": ("void top() {\n#pragma HLS DATAFLOW\n}", "#pragma hls_design top\nvoid top() {\n}"),
    "what Catapult says elsewhere": (
        "int a[2];\n#pragma HLS ARRAY_PARTITION variable=a complete\n#pragma HLS INLINE\n",
        "int a[2];\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_pragma_has_its_counterpart_in_front(name):
    vitis, catapult = CASES[name]
    assert to_catapult(vitis) == catapult


def test_no_vitis_pragma_and_no_ap_type_is_left():
    files = hls.render(hls.plan(tiny(), "tiny", hls.HlsOptions(hls_tool="catapult")))
    for path, text in files.items():
        code = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
        assert not any("HLS" in line or "ap_" in line for line in code if path.endswith((".h", ".cpp"))), path
