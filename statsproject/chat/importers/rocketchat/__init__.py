"""Exports of Rocket.Chat workspaces."""
