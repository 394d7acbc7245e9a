"""The way from a point of a chart, or a row of its table, to the snapshot that it is of."""

import pytest
from django.http import HttpResponse

from tests.conftest import Person
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

STEP = "since=2026-03-02T01:00:00.000Z&until=2026-03-02T02:00:00.000Z"


def asked(viewer: Person, query: str = STEP, **extra: object) -> HttpResponse:
    return viewer.browser().get(f"/statistics/snapshots/of-step/?{query}", **extra)


def test_a_step_leads_to_its_last_snapshot(viewer: Person, store: Store) -> None:
    for minute in (0, 15):
        store(at(2026, 3, 2, 1, minute))
    wanted = store(at(2026, 3, 2, 1, 59))
    store(at(2026, 3, 2, 2))
    response = asked(viewer)
    assert response.url == f"/statistics/snapshots/{wanted.pk}/"


@pytest.mark.parametrize(("hours", "nearest"), [((0, 3), 0), ((3, 4), 3)])
def test_without_a_snapshot_the_nearest_is_shown_and_said(
    viewer: Person, store: Store, hours: tuple[int, int], nearest: int
) -> None:
    stored = {hour: store(at(2026, 3, 2, hour)) for hour in hours}
    response = asked(viewer, follow=True)
    assert response.redirect_chain[-1][0] == f"/statistics/snapshots/{stored[nearest].pk}/"
    assert "No snapshot was taken in that step: showing the nearest one instead." in response.content.decode()


def test_without_any_snapshot_the_page_is_not_found(viewer: Person) -> None:
    assert asked(viewer).status_code == 404


def test_a_time_that_is_none_is_refused(viewer: Person) -> None:
    response = asked(viewer, "since=yesterday")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
