"""The example of docs/how-to/hls4ml.md runs as it stands, up to the vendor's tool."""

import re
from pathlib import Path

import pytest

from whetgen.sharpen.data import load

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_first_example_runs_and_equals_the_graph(tmp_path, monkeypatch):
    code = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "how-to" / "hls4ml.md").read_text(), re.DOTALL)[0]
    code, vendor = code.split("model.build(")
    assert vendor
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    names = {"codes": load("digits").x_test}
    exec(code, names)
    assert names["scores"].tolist() == names["graph"].run(names["codes"]).tolist()
    assert (tmp_path / "build" / "digits_hls4ml" / "firmware" / "digits.cpp").is_file()
