"""whetgen report: one page, and none overwritten."""

import pytest
from tests.app.command import run


@pytest.mark.parametrize("what", ["model", "folder"])
def test_report_writes_one_page_and_overwrites_none(model, folder, what, tmp_path, capsys):
    source, page = (model if what == "model" else folder), tmp_path / "page.html"
    assert run(capsys, "report", source, "--out", page)[0] == 0
    assert page.read_text().startswith("<!DOCTYPE html>") and not list(tmp_path.glob(".page*"))
    code, _, err = run(capsys, "report", source, "--out", page)
    assert code == 2 and err == f"whetgen: --out {page}: exists; give a new file name\n"


def test_a_report_is_html(folder, tmp_path, capsys):
    code, _, err = run(capsys, "report", folder, "--out", tmp_path / "page.pdf")
    message = f"--out {tmp_path / 'page.pdf'}: the page is HTML; give a file name that ends in .html"
    assert (code, err) == (2, f"whetgen: {message}\n") and not (tmp_path / "page.pdf").exists()


def test_several_networks_become_a_comparison(model, folder, tmp_path, capsys):
    page = tmp_path / "compare.html"
    assert run(capsys, "report", folder, model, "--out", page)[0] == 0
    assert "<h1>2 networks</h1>" in page.read_text() and f"<td>{folder.name}</td>" in page.read_text()
    log = tmp_path / "net.csv"
    code, _, err = run(capsys, "report", folder, model, "--out", tmp_path / "other.html", "--log", log)
    message = f"--log {log}: a comparison shows no training; leave it out, or give one network"
    assert (code, err) == (2, f"whetgen: {message}\n")
