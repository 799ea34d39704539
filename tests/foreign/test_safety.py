"""What a file asks for is refused before Keras is there to do it, and before memory is taken."""

import json
import subprocess
import sys

import pytest
from tests.foreign.files import entry, kernel_and_bias, layer_3, net_3, save, save_zip, small
from tests.foreign.test_containers import ARRAYS

CHECK = """
import json, resource, sys
import numpy, h5py, whetgen
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = []
for path in sys.argv[1:]:
    try:
        whetgen.load_model(path)
        said.append("loaded")
    except whetgen.BadInput as error:
        said.append(str(error).splitlines())
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"said": said, "megabytes": grown // 1024, "loaded": sorted({"keras", "tensorflow"} & set(sys.modules))}))
"""


@pytest.fixture
def evil(tmp_path):
    """Files that would run code, read a file or take memory."""
    save(tmp_path / "code.h5", small(entry("TFSMLayer", "t", filepath=str(tmp_path))), {"d": kernel_and_bias()})
    save(tmp_path / "read.h5", small(entry("StringLookup", "s", vocabulary="/etc/passwd")), {"d": kernel_and_bias()})
    save(tmp_path / "units.h5", small(units=10**8), {"d": kernel_and_bias()})
    save_zip(tmp_path / "code.keras", net_3(layer_3("TFSMLayer", "t", filepath=str(tmp_path))), {})
    save_zip(tmp_path / "module.keras", net_3(layer_3("system", "s", module="os")), {})
    save_zip(tmp_path / "units.keras", net_3(layer_3("Dense", "d", units=10**8)), ARRAYS)
    save_zip(
        tmp_path / "claim.keras",
        net_3(layer_3("Dense", "d", units=10**8)),
        {},
        lambda file: file.create_dataset("layers/dense/vars/0", (4, 10**8), "f4"),
    )
    return sorted(tmp_path.iterdir())


def test_nothing_is_constructed_and_no_memory_taken(evil):
    done = subprocess.run([sys.executable, "-c", CHECK, *map(str, evil)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert [len(lines) for lines in found["said"]] == [1] * len(evil)
    assert found["loaded"] == []
    assert found["megabytes"] < 50
