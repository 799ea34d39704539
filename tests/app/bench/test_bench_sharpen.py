"""The N-hot benchmark trains what it says and prints a row for each number of votes."""

import json

import pytest

from whetgen.app.bench.sharpen import n_hot
from whetgen.app.cli import main


@pytest.mark.slow
def test_rows_for_each_number_of_votes():
    seen: list[str] = []
    rows = n_hot(seeds=2, epochs=4, progress=seen.append, votes=(1, 3))
    assert [row.votes for row in rows] == [1, 3] and len(seen) == 4
    assert all(0 <= row.accuracy <= 1 and 0 <= row.spread <= 1 and 0 <= row.dead <= 10 * row.votes for row in rows)
    assert n_hot(seeds=2, epochs=4, progress=seen.append, votes=(3,)) == rows[1:], "same seeds, same rows"


def test_command_prints_the_rows(monkeypatch, capsys):
    from whetgen.app.bench import sharpen

    monkeypatch.setattr(sharpen, "_trained", lambda votes, seed, epochs: (0.5 + 0.1 * seed, votes))
    with pytest.raises(SystemExit) as ended:
        main(["bench", "sharpen", "--seeds", "2", "--epochs", "4", "--json"])
    facts = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0 and [row["votes"] for row in facts["rows"]] == [1, 2, 4, 8, 10, 16]
    assert facts["rows"][0]["accuracy"] == pytest.approx(0.55) and facts["rows"][2]["dead"] == 4
