"""What a user gets to read as one line."""

_LOG_LINES = 12
_LONGEST = 1000


class BadInput(ValueError):
    """A model, file or option that cannot be used.

    The message is one line that names the layer, file or option and says what to do.
    The command line prints it and exits with code 2. Characters that do not print, which names in files may hold, come out as
    escapes, and of a very long line the middle is left out.
    """

    def __init__(self, message: str):
        line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)
        super().__init__(line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 4 :]}")


class ProgramFailed(BadInput):
    """A generated program that stops: a failed check."""


class CouldNotRun(BadInput):
    """A tool that is missing or was killed, a full disk: nothing was found out. ``log``: the tool's last lines."""

    def __init__(self, message: str, log: str = ""):
        super().__init__(message)
        self.log = tuple(log.strip().splitlines()[-_LOG_LINES:])


class TimedOut(CouldNotRun):
    """A tool that was not at its end in time."""


class ToolFailed(CouldNotRun):
    """A tool that ended with an error; the message is its telling line."""
