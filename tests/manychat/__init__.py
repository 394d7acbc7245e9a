"""A chat whose rooms, messages and files are in several tables each, with direct messages in tables of their own."""
