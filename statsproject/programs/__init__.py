"""Programs that run on this machine for as long as a command runs: what `make demo` and `make up` have in common."""
