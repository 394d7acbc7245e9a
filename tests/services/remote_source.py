"""Statistics that come from a remote server of the tests."""

from pytest_django import Settings

TOKEN = "the-secret-token"


def use_remote(settings: Settings, url: str, **more: object) -> None:
    """Let the statistics come from a remote server."""
    remote = {"REMOTE_URL": url, "REMOTE_USER_ID": "theUserIdOfTheOne", "REMOTE_TOKEN": TOKEN, "REMOTE_SECONDS": 10}
    source = {"SOURCE": "statistics_app.sources.remote.RemoteSource"}
    settings.STATISTICS = {**settings.STATISTICS, **source, **remote, **more}
