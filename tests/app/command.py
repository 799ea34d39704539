"""One call of the command line."""

import pytest

from whetgen.app.cli import main


def run(capsys, *arguments):
    """(exit code, stdout, stderr) of one call."""
    with pytest.raises(SystemExit) as stopped:
        main([str(a) for a in arguments])
    out = capsys.readouterr()
    return stopped.value.code or 0, out.out, out.err
