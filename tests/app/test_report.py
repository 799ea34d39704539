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
