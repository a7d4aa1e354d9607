"""The command line, `python -m workflow`: one module per command, loaded when it is called. Nothing imports it."""
