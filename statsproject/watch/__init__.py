"""The statistics of a server that runs, from this machine with a single command: `python -m statsproject.watch`."""
