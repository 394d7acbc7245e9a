"""The history: rolled up into hours and quarters of an hour, read in any steps of any zone."""
