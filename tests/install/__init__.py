"""Projects that Django's `startproject` makes, with the app installed from its wheel in environments of their own."""
