"""The line above numbers: what it says of a snapshot, and what it says later."""

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
    """Where the page's script asks how its numbers are now."""
    return f"/statistics/as-of/{snapshot.pk}/"


def test_it_says_when_why_how_long_and_how_much_is_known(viewer: Person) -> None:
    snapshot = store(problems={"os": "The machine is away."})
    with time_machine.travel(snapshot.created_at + timedelta(minutes=2, seconds=5)):
        shown = " ".join(viewer.browser().get(line_of(snapshot)).content.decode().split())
    assert ">2 min 5 s</strong> ago" in shown
    assert "scheduled" in shown
    assert "took 7 ms" in shown
    assert f">{len(CATALOGUE) - 1} of {len(CATALOGUE)} known</a>" in shown
    assert "overdue" not in shown.partition("hx-")[0]


def test_it_says_when_newer_numbers_are_there(viewer: Person) -> None:
    older, newer = store(1), store(2)
    with time_machine.travel(newer.created_at):
        assert "A newer snapshot is there." in viewer.browser().get(line_of(older)).content.decode()
        assert "A newer snapshot is there." not in viewer.browser().get(line_of(newer)).content.decode()


def test_it_turns_amber_with_the_reason_and_what_to_do(viewer: Person) -> None:
    snapshot = store()
    with time_machine.travel(snapshot.created_at + timedelta(days=1)):
        Installation.objects.note_failure(snapshot.created_at + timedelta(hours=1), "OperationalError: the disk is full")
        for page in (WORKSPACE, line_of(snapshot), "/statistics/history/"):
            shown = viewer.browser().get(page).content.decode()
            assert 'class="as-of overdue"' in shown, page
            assert "OperationalError: the disk is full" in shown
            assert "<code>python manage.py generate_statistics</code>" in shown


def test_a_snapshots_own_page_is_never_overdue(viewer: Person) -> None:
    snapshot = store()
    with time_machine.travel(snapshot.created_at + timedelta(days=1)):
        shown = viewer.browser().get(f"/statistics/snapshots/{snapshot.pk}/").content.decode()
    assert 'class="as-of"' in shown
    assert "data-due" not in shown


def test_whoever_may_not_know_is_told_nothing_and_led_nowhere(member: Person) -> None:
    snapshot = store()
    for browser in (member.browser(), Client()):
        response = browser.get(line_of(snapshot), headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (204, b"")
        assert "HX-Redirect" not in response.headers


def test_an_unknown_snapshot_has_no_line(viewer: Person) -> None:
    assert viewer.browser().get("/statistics/as-of/nothing/").status_code == 404
