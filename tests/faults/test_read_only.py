"""A database that accepts no writes, as during a failover: what is stored is served, and the rest refused in words."""

import pytest
import requests

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_postgresql, pytest.mark.any_database, pytest.mark.slow]

READ_ONLY = {"success": False, "error": "The database does not accept writes at the moment."}


@pytest.fixture
def url(running: Programs) -> str:
    """The URL of a server whose sessions are read-only."""
    separator = "&" if "?" in database_url() else "?"
    return running.web(DATABASE_URL=f"{database_url()}{separator}options=-c%20default_transaction_read_only%3Don")[1]


def test_what_is_stored_is_served_and_what_would_write_is_refused_in_words(url: str, viewer: Person) -> None:
    generation.generate(Origin.COMMAND)

    def call(method: str, path: str, **options: object) -> requests.Response:
        return requests.request(method, f"{url}/api/v1/{path}", headers=viewer.headers, timeout=60, **options)  # type: ignore[arg-type]

    for path in ("statistics", "statistics.list", "statistics.history", "me", "info"):
        assert call("GET", path).status_code == 200, path
    login = {"user": "viewer", "password": PASSWORD}
    token = {"tokenName": "new"}
    refused = [call("GET", "statistics?refresh=true"), call("POST", "login", json=login)]
    refused.append(call("POST", "users.generatePersonalAccessToken", json=token))
    for response in refused:
        assert (response.status_code, response.json()) == (503, READ_ONLY)
        assert response.headers["Retry-After"] == "5"
    assert Snapshot.objects.count() == 1
