"""Servers and programs for the tests."""
