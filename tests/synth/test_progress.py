"""What Yosys' log says about how far it is."""

from whetgen.synth.devices import DEVICES
from whetgen.synth.progress import SynthesisProgress

LOG = r"""
1. Executing Verilog-2005 frontend: net.v
3.125. Executing AST frontend in derive mode using pre-parsed AST for module `\wg_count'.
4. Executing SYNTH_XILINX pass.
4.3. Executing HIERARCHY pass (managing design hierarchy).
4.41. Executing ABC pass (technology mapping using ABC).
4.41.1. Extracting gate netlist of module `$paramod\net_first_sums\PE=s32'00000000000000000000000000000100' to `x'..
4.41.2. Extracting gate netlist of module `$paramod$6a70\net_next_sums' to `x'..
4.41.3. Extracting gate netlist of module `\net' to `x'..
4.45. Executing XILINX_DFFOPT pass (optimize FF control signal usage).
"""


def test_passes_and_modules_are_told_with_the_time_that_is_left():
    told, seconds = [], iter([0, 10, 600, 620, 630, 640, 700])
    progress = SynthesisProgress(DEVICES["xc7"], told.append, lambda: next(seconds))
    for line in LOG.splitlines():
        progress.line(line)
    assert told == [
        "yosys for xc7: hierarchy, about 11 min left",
        "yosys for xc7: abc, about 3 min left",
        "yosys for xc7: logic of net_first_sums, about 3 min left",
        "yosys for xc7: logic of net_next_sums, about 3 min left",
        "yosys for xc7: logic of net, about 3 min left",
        "yosys for xc7: xilinx_dffopt, about 2 min left",
    ]
