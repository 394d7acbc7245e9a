"""Oracles: counts that are computed independently of the app, to compare its statistics with."""
