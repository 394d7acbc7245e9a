"""Taking snapshots: schedule, generation, retention, and detection of overdue snapshots."""
