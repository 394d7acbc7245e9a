"""The demo: a complete workspace on one machine with a single command, `python -m statsproject.demo`."""
