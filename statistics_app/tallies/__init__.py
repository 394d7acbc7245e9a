"""Exact running counts: kept by triggers where the chat changes, read in a moment whatever the chat's size."""
