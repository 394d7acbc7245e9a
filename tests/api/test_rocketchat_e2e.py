"""The assertions of Rocket.Chat's own end-to-end tests for `statistics` and `statistics.list`."""

from typing import Any

import pytest
import requests
from pytest_django import Settings

from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize("status", [403, 400])
@pytest.mark.parametrize("call", ["statistics", "statistics.list"])
def test_without_the_permission_both_return_error_not_allowed(
    member: Person, settings: Settings, call: str, status: int
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "DENIED_STATUS": status}
    response = member.get(call)
    assert response.status_code == status
    assert response.json() == {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_environment_can_choose_the_status_that_rocketchat_sends(running: Programs, member: Person) -> None:
    _, url = running.web(STATISTICS_DENIED_STATUS="400")
    for call in ("statistics", "statistics.list"):
        response = requests.get(f"{url}/api/v1/{call}", headers=member.headers, timeout=30)
        assert (response.status_code, response.json()["success"], response.json()["errorType"]) == (
            400,
            False,
            "error-not-allowed",
        )


def test_statistics_succeed_and_contain_the_uptime_of_the_process(viewer: Person) -> None:
    document = viewer.get("statistics").json()
    assert document["success"] is True
    assert document["process"]["uptime"] > 0


def test_only_a_refresh_changes_the_uptime_of_the_process(viewer: Person) -> None:
    def uptime(**parameters: Any) -> float:
        return viewer.get("statistics", **parameters).json()["process"]["uptime"]

    first = uptime()
    assert uptime() == first
    refreshed = uptime(refresh="true")
    assert refreshed > first
    assert uptime() == refreshed


def test_the_list_contains_statistics_offset_count_and_total(viewer: Person) -> None:
    for _ in range(3):
        viewer.get("statistics", refresh="true")
    whole = viewer.get("statistics.list").json()
    assert (whole["success"], whole["offset"], whole["count"], whole["total"]) == (True, 0, 3, 3)
    part = viewer.get("statistics.list", count=5, offset=1).json()
    assert part["statistics"] == whole["statistics"][1:]
    assert (part["offset"], part["count"], part["total"]) == (1, 2, 3)
