"""Presentation of numbers and their history as texts, lines and axis ticks, for the pages and the admin site."""
