"""The list of statistics, and how each value is computed."""
