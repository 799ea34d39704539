"""whetgen diff: of two folders."""

import json

from tests.app.command import run


def test_diff_of_two_folders(model, folder, tmp_path, capsys):
    run(capsys, model, "--target", "verilog", "--out", tmp_path / "v", "--quiet")
    code, out, _ = run(capsys, "diff", folder, tmp_path / "v", "--json")
    facts = json.loads(out)
    assert code == 0 and not facts["same"]
    assert {"part": "target", "what": "target", "before": "c", "after": "verilog"} in facts["changes"]
    assert run(capsys, "diff", folder, folder)[1] == "no difference\n"
