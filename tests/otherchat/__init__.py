"""Another host: a chat with other tables, keys and settings that has installed the statistics app."""
