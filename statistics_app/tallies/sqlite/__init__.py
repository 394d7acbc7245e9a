"""Running counts on SQLite: triggers update the sums directly."""
