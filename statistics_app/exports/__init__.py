"""Snapshots for other programs: one table of formats, each written as a stream."""
