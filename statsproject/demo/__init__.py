"""The whole workspace on one machine with one command: `python -m statsproject.demo`."""
