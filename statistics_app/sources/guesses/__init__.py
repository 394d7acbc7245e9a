"""Guesses of what a project's models mean, made from names, relations, choices and types of columns."""
