"""Tests of the pages in a real browser, against a real web server with its own database."""
