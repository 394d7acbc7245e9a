"""A table that somebody has locked: requests are refused in time, and what needs no table is served."""

import sys

import pytest
import requests
from django.db import connection, transaction

from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_postgresql, pytest.mark.any_database, pytest.mark.slow]

UNAVAILABLE = {"success": False, "error": "Service Unavailable"}


def test_requests_that_wait_for_a_locked_table_are_refused_while_it_is_locked(running: Programs, viewer: Person) -> None:
    generation.generate(Origin.COMMAND)
    _, url = running.web(DATABASE_LOCK_SECONDS="1")

    def get(path: str) -> requests.Response:
        return requests.get(f"{url}/{path}", headers=viewer.headers, timeout=60)

    assert get("api/v1/statistics.list").status_code == 200
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE statistics_app_snapshot")
        for path in ("api/v1/statistics.list", "api/v1/statistics?refresh=true"):
            refused = get(path)
            assert (refused.status_code, refused.json()) == (503, UNAVAILABLE)
            assert refused.headers["Retry-After"] == "5"
        assert get("livez").status_code == 200
        assert get("api/v1/me").status_code == 200
    assert get("api/v1/statistics?refresh=true").status_code == 200


@pytest.mark.parametrize(
    ("set_up", "limits"),
    [
        ("import statsproject.wsgi", ["5s", "30s"]),
        ("import statsproject.asgi", ["5s", "30s"]),
        ("import django; django.setup()", ["0", "0"]),
    ],
)
def test_only_web_servers_limit_their_statements(running: Programs, set_up: str, limits: list[str]) -> None:
    ask = "from django.db import connection as c; print(*[c.cursor().execute(f'SHOW {name}_timeout').fetchone()[0] for name in"
    program = running.start_command("ask", sys.executable, "-c", f"{set_up}; {ask} ('lock', 'statement')])")
    assert program.process.wait(60) == 0
    assert program.log.read_text().split() == limits
