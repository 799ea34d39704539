"""The one exception that means: the user's input is at fault."""


class BadInput(ValueError):
    """A model, file or option that cannot be used.

    The message is one line that names the layer, file or option and says what to do.
    The command line prints it and exits with code 2.
    """
