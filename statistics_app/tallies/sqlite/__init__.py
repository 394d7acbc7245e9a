"""The SQL of running counts on SQLite, where triggers update the sums directly."""
