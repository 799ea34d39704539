"""``ip/component.xml``: the order of IEEE 1685-2009, references that lead somewhere, and the ports of the very top."""

import json
import subprocess
import xml.etree.ElementTree as ET

import pytest
from tests.targets.verilog.networks import dense, two_outputs
from tests.targets.verilog.test_golden import tiny

import whetgen

NS = {"s": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"}
# Children in the order that the schema demands, for the elements that are used.
ORDER = {
    "component": "vendor library name version busInterfaces memoryMaps model fileSets description",
    "busInterface": "name busType abstractionType master slave portMaps parameters",
    "portMap": "logicalPort physicalPort",
    "memoryMap": "name addressBlock",
    "addressBlock": "name baseAddress range width usage register",
    "register": "name description addressOffset size access",
    "model": "views ports",
    "view": "name envIdentifier language modelName fileSetRef",
    "port": "name wire",
    "wire": "direction vector",
    "vector": "left right",
    "fileSet": "name file",
    "file": "name fileType",
    "parameter": "name value",
}
REQUIRED = {
    "AXIS": {"TDATA", "TVALID", "TREADY", "TLAST"},
    "AXIMM": {f"{c}{s}" for c in ("AW", "AR") for s in ("ADDR", "PROT", "VALID", "READY")}
    | {"WDATA", "WSTRB", "WVALID", "WREADY", "BRESP", "BVALID", "BREADY", "RDATA", "RRESP", "RVALID", "RREADY"},
}


def generate(graph, tmp_path, **options):
    whetgen.generate(graph, "verilog", tmp_path / "v", whetgen.Options(name="net", **options))
    return tmp_path / "v"


def texts(element, path):
    return [found.text for found in element.findall(path, NS)]


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"control": "axi-lite"}, {"board": "hx8k-evn"}])
@pytest.mark.parametrize("graph", [tiny, dense, two_outputs])
def test_the_description_is_that_of_the_files(graph, options, tmp_path):
    folder = generate(graph(), tmp_path, **options)
    component = ET.parse(folder / "ip" / "component.xml").getroot()
    for element in component.iter():
        name = element.tag.split("}")[1]
        children = [child.tag.split("}")[1] for child in element]
        if name in ORDER:
            ranks = [ORDER[name].split().index(child) for child in children]
            assert ranks == sorted(ranks), f"{name}: {children}"
    # References lead somewhere.
    sets = texts(component, "s:fileSets/s:fileSet/s:name")
    assert set(texts(component, ".//s:fileSetRef/s:localName")) <= set(sets)
    maps = texts(component, "s:memoryMaps/s:memoryMap/s:name")
    assert [ref.get(f"{{{NS['s']}}}memoryMapRef") for ref in component.iterfind(".//s:memoryMapRef", NS)] == maps
    files = [(folder / "ip" / path).resolve() for path in texts(component, ".//s:file/s:name")]
    assert all(path.is_file() for path in files) and len(set(files)) == len(files)
    buses = texts(component, "s:busInterfaces/s:busInterface/s:name")
    (associated,) = component.findall(".//s:parameter[s:name='ASSOCIATED_BUSIF']/s:value", NS)
    assert set(associated.text.split(":")) == set(buses) - {"clk", "rst"}
    # The files hold the top, with exactly these ports.
    top = component.find("s:name", NS).text
    assert top == ("net_axil" if "control" in options else "net")
    assert ports_of(component) == parsed(files, top, tmp_path)


def ports_of(component):
    found = {}
    for port in component.iterfind("s:model/s:ports/s:port", NS):
        left = port.find("s:wire/s:vector/s:left", NS)
        found[port.find("s:name", NS).text] = (
            port.find("s:wire/s:direction", NS).text,
            1 if left is None else int(left.text) + 1,
        )
    return found


def parsed(files, top, work):
    """Ports of the module as Yosys reads it: name -> (direction, bits)."""
    script = f"read_verilog {' '.join(map(str, files))}; hierarchy -check -top {top}; proc; write_json {work}/top.json"
    subprocess.run(["yosys", "-q", "-p", script], check=True)
    ports = json.loads((work / "top.json").read_text())["modules"][top]["ports"]
    return {name: (port["direction"].removesuffix("put"), len(port["bits"])) for name, port in ports.items()}


@pytest.mark.parametrize("control", [None, "axi-lite"])
def test_every_port_but_the_error_counter_belongs_to_one_bus(control, tmp_path):
    folder = generate(tiny(), tmp_path, control=control)
    component = ET.parse(folder / "ip" / "component.xml").getroot()
    mapped = texts(component, ".//s:physicalPort/s:name")
    assert len(set(mapped)) == len(mapped)
    assert set(ports_of(component)) - set(mapped) == (set() if control else {"err_frames"})
    for bus in component.iterfind(".//s:busInterface", NS):
        kind = bus.find("s:busType", NS).get(f"{{{NS['s']}}}name").upper()
        logical = set(texts(bus, ".//s:logicalPort/s:name"))
        assert logical == REQUIRED.get(kind, {"CLK"} if kind == "CLOCK" else {"RST"})
