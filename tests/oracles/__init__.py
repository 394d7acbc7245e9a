"""Counts made without the app, to hold the app's against."""
