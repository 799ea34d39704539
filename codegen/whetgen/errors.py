"""What a user gets to read as one line."""


class BadInput(ValueError):
    """A model, file or option that cannot be used.

    The message is one line that names the layer, file or option and says what to do.
    The command line prints it and exits with code 2.
    """


class ProgramFailed(BadInput):
    """A generated program that the compiler refuses, or that stops: a failed check."""
