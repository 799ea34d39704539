"""The command line: a file a command, options and messages only."""
