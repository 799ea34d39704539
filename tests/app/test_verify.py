"""whetgen verify: counts, flips, what fails and what is refused."""

import json
import re

import numpy as np
import pytest
from tests.app.command import run


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--flags=-O2"], "--flags -O2: they are of the compiler for a board; give --on BOARD, too"),
        (["--seed", "5"], "--seed 5: means something with --faults only; give both"),
        (["--faults", "0"], "--faults 0: at least 1"),
        (["--exhaustive", "--count", "5"], "--exhaustive: takes all frames there are; leave out --count"),
        (["--exhaustive"], "--exhaustive: the input has 240 bits; at most 20 can be run through, leave it out"),
        (["--formal-seconds", "5"], "--formal-seconds 5: means something with --formal only; give both"),
    ],
)
def test_an_option_of_verify_that_would_do_nothing_is_refused(folder, capsys, given, told):
    assert run(capsys, "verify", folder, *given) == (2, "", f"whetgen: {told}\n")


def test_verify_counts_vectors_and_mismatches(folder, capsys):
    code, out, _ = run(capsys, "verify", folder, "--count", 40, "--json")
    facts = json.loads(out)
    assert code == 0 and facts["vectors"] == 40 and facts["mismatches"] == 0 and facts["passed"]


def test_verify_measures_accuracy_on_labelled_data(folder, tmp_path, capsys):
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).integers(0, 256, (30, 6, 5)), y=np.zeros(30, int))
    code, out, _ = run(capsys, "verify", folder, "--data", tmp_path / "x.npz", "--json")
    assert code == 0 and 0 <= json.loads(out)["accuracy"] <= 1 and json.loads(out)["vectors"] == 30


def test_verify_fails_when_a_weight_was_flipped(folder, capsys):
    source = folder / "src" / "tiny_net.c"
    text = source.read_text()
    table = text.index("] = {", text.rindex("/* ---- ", 0, text.index("/* ---- inference")))
    number = re.search(r"\w+(?=,)", text[table:])  # the first weight of the last layer
    end = table + number.end()
    source.write_text(f"{text[: end - 1]}{(int(text[end - 1], 16) + 3) % 10}{text[end:]}")
    code, out, _ = run(capsys, "verify", folder, "--json")
    facts = json.loads(out)
    assert code == 1 and not facts["passed"] and facts["mismatches"] > 0
    assert any("tiny_net.c was changed" in failure for failure in facts["failures"])


def test_verify_self_check_reports_each_flip(folder, capsys):
    code, out, _ = run(capsys, "verify", folder, "--self-check", "--json")
    flips = json.loads(out)["self_check"]
    assert (
        code == 0 and len(flips) == 3 and all(flip["found"] and flip["changed"] == flip["reported"] for flip in flips)
    )


def test_a_failed_verification_is_told_in_a_quiet_run_too(folder, capsys):
    (folder / "README").write_text("mine")
    assert run(capsys, "verify", folder, "--count", 3, "--quiet") == (
        1,
        "",
        "whetgen: FAILED: README was added since it was generated\n",
    )


def test_verify_refuses_what_is_no_folder_of_ours(tmp_path, capsys):
    code, _, err = run(capsys, "verify", tmp_path)
    assert code == 2 and "holds no whetgen.json" in err


def test_verify_faults_tells_a_curve_and_leaves_it_for_the_report(folder, capsys, monkeypatch):
    monkeypatch.setattr("whetgen.verification.faults.c_share.SINGLES", 40)
    monkeypatch.setattr("whetgen.verification.faults.matching.MATCHES", 4)
    code, out, _ = run(capsys, "verify", folder, "--faults", 5, "--count", 20, "--json")
    study = json.loads(out)["faults"]
    assert code == 0 and study["frames"] == 20 and study["right"] == 1 and not study["labelled"]
    kinds = {point["kind"] for point in study["curve"]}
    assert kinds == {"weight", "threshold", "activation", "table in C"}
    assert study["matched"]["equal"] == study["matched"]["tried"] > 0
    assert json.loads((folder / "whetgen.json").read_text())["faults"] == study
    page = folder.parent / "page.html"
    assert run(capsys, "report", folder, "--out", page)[0] == 0 and "flipped bits" in page.read_text().lower()
    manifest = json.loads((folder / "whetgen.json").read_text())
    manifest["faults"]["curve"][0]["mean"] = "high"
    (folder / "whetgen.json").write_text(json.dumps(manifest))
    told = "faults.curve[0].mean is 'high', not a number; generate the folder again"
    told = f"whetgen: {folder / 'whetgen.json'}: {told}\n"
    assert run(capsys, "report", folder, "--out", folder.parent / "other.html") == (2, "", told)
