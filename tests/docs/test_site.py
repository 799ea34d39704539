"""The site: no dead link, nothing from the net, tables of the files that ``whetgen bench`` wrote."""

import json
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT

from whetgen.frontends.onnx import tracer as onnx_tracer
from whetgen.frontends.operators.handlers import HANDLERS as OPERATORS

DATA = ROOT / "docs" / "data"


class References(HTMLParser):
    """What a page loads by itself, what it links to, and the places in it that can be linked to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids |= {value for key, value in attrs if key in ("id", "name") and value}
        if tag in ("script", "img", "iframe", "link") and given.get("rel") not in ("canonical", "prev", "next"):
            self.loads += [value for key, value in attrs if key in ("src", "href") and value]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[Path, References]:
    """The site as ``make docs`` builds it, a warning being an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {page.resolve(): References(page) for page in folder.rglob("*.html")}


@pytest.mark.slow
def test_no_link_of_the_site_is_dead(site):
    dead = []
    for page, found in site.items():
        if page.name == "404.html":
            continue  # its links are of the place where it is served
        for link in (*found.links, *found.loads):
            path, _, anchor = link.partition("#")
            if "://" in link or link.startswith(("mailto:", "data:", "javascript:")):
                continue
            there = (page.parent / path.partition("?")[0]).resolve() if path else page
            if not there.is_file() or (anchor and there.suffix == ".html" and anchor not in site[there].ids):
                dead.append((page.name, link))
    assert not dead


@pytest.mark.slow
def test_nothing_of_the_site_comes_from_the_net(site):
    assert not [load for page in site.values() for load in page.loads if load.startswith(("http", "//"))]


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_links_between_the_files_of_the_repository_lead_to_files(page):
    """What a reader of the repository clicks on; titles as GitHub makes anchors of them."""
    for path, anchor in re.findall(r"\]\(([^)\s#:]*)(?:#([^)\s]*))?\)", page.read_text(encoding="utf-8")):
        there = (page.parent / path).resolve() if path else page
        if there.name == "command-line.md":
            continue  # made by the build
        assert there.exists(), (page, path)
        if anchor and there.suffix == ".md" and there.name != "python.md":
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(title) for title in titles}, (page, path, anchor)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def test_the_page_of_layers_names_those_that_have_handlers():
    from whetgen.frontends.keras import tracer
    from whetgen.frontends.keras.calls import HANDLERS as LAYERS
    from whetgen.frontends.nir.tracer import _RULES as NIR

    assert tracer and onnx_tracer  # they register
    text = (ROOT / "docs" / "reference" / "layers-and-operators.md").read_text(encoding="utf-8")
    for title, handlers in (("Keras", LAYERS), ("ONNX and QONNX", OPERATORS), ("NIR", NIR)):
        part = text.split(f"## {title}\n")[1].split("\n## ")[0]
        rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("|")]
        assert set(re.findall(r"`([A-Z]\w+)`", "".join(rows))) == set(handlers) - {"Output"}


def test_tables_and_charts_of_the_pages_are_those_of_the_benchmarks(tmp_path):
    figures = runpy.run_path(str(ROOT / "docs" / "make" / "figures.py"))
    assert [page for page in PAGES if figures["with_tables"](text := page.read_text(encoding="utf-8")) != text] == []
    figures["draw_charts"](tmp_path)
    drawn = sorted(tmp_path.glob("*.svg"))
    assert [file.name for file in drawn] == ["bench-mcu.svg", "folding-mnist-cnn.svg"]
    assert all(file.read_bytes() == (ROOT / "docs" / "images" / file.name).read_bytes() for file in drawn)


def test_the_sentences_on_finns_networks_have_the_figures_of_the_benchmarks():
    text = " ".join((ROOT / "docs" / "explanation" / "folding.md").read_text(encoding="utf-8").split())
    for name, estimated in ("lfc", ""), ("cnv", " (estimated: {luts_estimated:,})"):
        facts = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
        said = "{lut:,} LUT6" + estimated + ", {carry:,} CARRY4, {ff:,} FF, {bram} block RAMs of 18 kbit"
        assert said.format(**facts["synthesis"]["cells"], **facts["manifest"]["resources"]) in text
        assert f"BNN-PYNQ reports {facts['board']['luts']:,} LUT" in text


def test_the_figures_of_the_readme_are_those_of_the_benchmarks():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    mcu = {(row["tool"], row["net"], row["board"]): row for row in _rows("mcu")}
    ours = [mcu[f"whetgen, mnist-{net.lower()}-small", net, "mps2-an386"] for net in ("MLP", "CNN")]
    theirs = mcu["CMSIS-NN 99f736a, int8 per tensor", "MLP", "mps2-an386"]
    for row in (*ours, theirs):
        assert f"{row['cost']:,}" in text and f"{row['flash'] / 1000:.1f} kB" in text
    for row in _rows("rtl")[:3]:
        assert f"{row['lut']:,}" in text


def _rows(name: str) -> list[dict]:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))["rows"]
