"""Where chat data comes in."""
