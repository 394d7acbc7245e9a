"""Benchmarks. Each program compares alternatives in one run, and prints their ratios with the bars that they must meet."""
