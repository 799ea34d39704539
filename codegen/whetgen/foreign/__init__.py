"""The one place that opens files which others wrote.

Nothing here runs, imports or constructs what a file names; SECURITY.md says what is read and how.
"""
