"""How many connections a refresh needs, and how it gets them: pools that are small, server-side binding, poolers."""

import json
import sys
from typing import Any

import pytest

from statsproject.programs.processes import wait_until
from tests.services.programs import Programs

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_database,
    pytest.mark.only_postgresql,
    pytest.mark.slow,
]

REFRESH = """
import json, sys, threading
import django
from django.conf import settings
database = settings.DATABASES["default"]
database["CONN_MAX_AGE"] = 0
database["OPTIONS"] = {**database.get("OPTIONS", {}), **json.loads(sys.argv[1])}
django.setup()
from statistics_app.models import Snapshot
from statistics_app.snapshots.generation import refresh
from django.db import connections

found = []

def work():
    try:
        # As a view does: it has read something before, and so has a connection.
        Snapshot.objects.count()
        snapshot = refresh()
        found.append({"number": snapshot.number, "problems": snapshot.problems})
    except Exception as error:
        found.append({"error": f"{type(error).__name__}: {error}"})
    finally:
        connections.close_all()

threads = [threading.Thread(target=work) for _ in range(int(sys.argv[2]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("RESULT " + json.dumps(found), flush=True)
"""


def refresh_at_once(running: Programs, options: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Refresh in so many threads of one process that has these options for its database."""
    script = running.folder / "refresh.py"
    script.write_text(REFRESH)
    program = running.start_command("refreshes", sys.executable, str(script), json.dumps(options), str(number))
    wait_until(lambda: "RESULT" in program.log.read_text(), "The refreshes", [program], seconds=120)
    [line] = [line for line in program.log.read_text().splitlines() if line.startswith("RESULT ")]
    return json.loads(line.removeprefix("RESULT "))


@pytest.mark.parametrize("size", [2, 4])
def test_a_pool_of_two_is_enough_for_any_number_of_refreshes(running: Programs, size: int) -> None:
    found = refresh_at_once(running, {"pool": {"min_size": 0, "max_size": size, "timeout": 20}}, number=12)
    assert [one for one in found if one.get("error") or one["problems"]] == []
    assert len(found) == 12
    assert len({one["number"] for one in found}) <= 2


def test_parameters_may_be_bound_by_the_server(running: Programs) -> None:
    assert refresh_at_once(running, {"server_side_binding": True}, number=2)[0].get("problems") == {}
