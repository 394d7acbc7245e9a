"""A stranger's project: another chat, with other tables, keys and settings, that has installed the statistics app."""
