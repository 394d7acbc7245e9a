"""Bulk exports of Mattermost servers."""
