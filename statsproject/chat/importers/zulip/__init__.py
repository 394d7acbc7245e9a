"""Exports of Zulip organizations."""
