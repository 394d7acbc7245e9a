"""Chaos: many who write, kill and fold at once, while readers hold every running count against counting in one snapshot."""
