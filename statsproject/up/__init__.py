"""The shape of a production deployment from local processes, without containers: `python -m statsproject.up`."""
