"""The web pages of the app."""
