"""The line above the numbers: when it is rendered with a page, and when it is requested again later."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.models import Installation, Snapshot
from tests.conftest import Person

from .test_pages import WORKSPACE, store

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def line_of(snapshot: Snapshot) -> str:
    """Return the URL from which the page's script requests the line again."""
    return f"/statistics/as-of/{snapshot.pk}/"


def test_the_line_shows_the_time_origin_duration_and_number_of_known_values(viewer: Person) -> None:
    snapshot = store(problems={"os": "The machine is unavailable."})
    with time_machine.travel(snapshot.created_at + timedelta(minutes=2, seconds=5)):
        html = " ".join(viewer.browser().get(line_of(snapshot)).content.decode().split())
    assert ">2 min 5 s</strong> ago" in html
    assert "scheduled" in html
    assert "took 7 ms" in html
    assert f">{len(CATALOGUE) - 1} of {len(CATALOGUE)} values known</a>" in html
    assert "overdue" not in html.partition("hx-")[0]


def test_the_line_reports_a_newer_snapshot(viewer: Person) -> None:
    older, newer = store(1), store(2)
    with time_machine.travel(newer.created_at):
        assert "A newer snapshot is available." in viewer.browser().get(line_of(older)).content.decode()
        assert "A newer snapshot is available." not in viewer.browser().get(line_of(newer)).content.decode()


def test_an_overdue_snapshot_is_reported_with_the_reason_and_what_to_do(viewer: Person) -> None:
    snapshot = store()
    with time_machine.travel(snapshot.created_at + timedelta(days=1)):
        Installation.objects.record_failure(snapshot.created_at + timedelta(hours=1), "OperationalError: the disk is full")
        for page in (WORKSPACE, line_of(snapshot), "/statistics/history/"):
            html = viewer.browser().get(page).content.decode()
            assert 'class="as-of overdue"' in html, page
            assert "OperationalError: the disk is full" in html
            assert "<code>python manage.py generate_statistics</code>" in html


def test_a_snapshots_own_page_is_never_overdue(viewer: Person) -> None:
    snapshot = store()
    with time_machine.travel(snapshot.created_at + timedelta(days=1)):
        html = viewer.browser().get(f"/statistics/snapshots/{snapshot.pk}/").content.decode()
    assert 'class="as-of"' in html
    assert "data-due" not in html


def test_without_access_the_line_is_empty_and_does_not_redirect(member: Person) -> None:
    snapshot = store()
    for browser in (member.browser(), Client()):
        response = browser.get(line_of(snapshot), headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (204, b"")
        assert "HX-Redirect" not in response.headers


def test_an_unknown_snapshot_is_not_found(viewer: Person) -> None:
    assert viewer.browser().get("/statistics/as-of/nothing/").status_code == 404
