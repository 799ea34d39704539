"""Bills of materials: valid, complete, the same for the same content."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from tests.app.command import run

from whetgen import BadInput, Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Input, Threshold
from whetgen.supply.bill import bill_of
from whetgen.targets.output.folder import read_manifest

ROOT = Path(__file__).parents[2]


def check_schema(bill: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


@pytest.fixture(name="folder")
def generated(tmp_path) -> Path:
    nodes = (Input("in", (4,), ELEMENT_TYPES["uint8"]), Threshold("fire", "in", np.array([3, 4, 5, 6])))
    generate(validate(Graph(nodes, (Output("o", "fire", "spikes"),))), "c", tmp_path / "c", Options("net", mcu="avr"))
    return tmp_path / "c"


def test_the_bill_of_a_folder_names_version_graph_options_and_every_file(folder, tmp_path, capsys):
    assert run(capsys, "sbom", folder, "--out", tmp_path / "a.json")[0] == 0
    text = (tmp_path / "a.json").read_text()
    check_schema(text)
    bill, manifest = json.loads(text), read_manifest(folder)
    subject = {p["name"]: p["value"] for p in bill["metadata"]["component"]["properties"]}
    assert subject["whetgen:graph_sha256"] == manifest["graph_sha256"]
    assert subject["whetgen:option:mcu"] == "avr"
    (tool,) = bill["metadata"]["tools"]["components"]
    assert (tool["name"], tool["version"]) == ("whetgen", version("whetgen"))
    assert {c["name"]: c["hashes"][0]["content"] for c in bill["components"]} == manifest["files"]


def test_the_same_folder_has_the_same_bill_and_another_one_another_serial_number(folder, tmp_path):
    assert bill_of(folder) == bill_of(folder) and "timestamp" not in bill_of(folder)
    before = json.loads(bill_of(folder))["serialNumber"]
    manifest = json.loads((folder / "whetgen.json").read_text())
    manifest["graph_sha256"] = "0" * 64
    (folder / "whetgen.json").write_text(json.dumps(manifest))
    assert json.loads(bill_of(folder))["serialNumber"] != before


def test_the_bill_of_the_wheel_names_its_packages_with_versions(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    text = bill_of(wheel)
    check_schema(text)
    parts = {c["name"]: c for c in json.loads(text)["components"]}
    assert {"numpy", "jinja2", "rich", "typer", "markupsafe"} <= set(parts)
    assert parts["numpy"]["version"] == version("numpy")
    assert len(parts["whetgen/__init__.py"]["hashes"][0]["content"]) == 64


def test_what_is_neither_folder_nor_wheel_is_refused(tmp_path):
    (tmp_path / "a.whl").write_text("no archive")
    with pytest.raises(BadInput) as error:
        bill_of(tmp_path / "a.whl")
    assert str(error.value) == (
        f"{tmp_path / 'a.whl'}: no wheel (File is not a zip file); give one that hatchling or pip built"
    )
