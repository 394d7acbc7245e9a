"""Taking snapshots: when, how, and what keeps one from being taken."""
