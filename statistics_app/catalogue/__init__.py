"""The catalogue of statistics, and the computation of each value."""
