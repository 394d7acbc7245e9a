"""Errors about a field: worded with its label and with times of the reader's zone, and referred to by the field."""

import re
from html import unescape

import pytest

from tests.conftest import Person
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = pytest.mark.django_db

HISTORY, ACTIVITY, COMPARE = "/statistics/history/", "/statistics/activity/", "/statistics/compare/"
LATE = "range=custom&since=2026-03-02T00:00&until=2026-03-01T12:00"


def refused(person: Person, address: str, headers: dict[str, str] | None = None) -> str:
    """Return the page that refuses a selection to a reader in Berlin."""
    browser = person.browser()
    browser.cookies["statistics_zone"] = "Europe/Berlin"
    response = browser.get(address, headers=headers)
    assert response.status_code == 400
    return unescape(response.content.decode())


@pytest.mark.parametrize("page", [HISTORY, ACTIVITY])
@pytest.mark.parametrize("is_part", [False, True])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        (LATE, "“from” must be before “to”, which is 1 Mar 2026, 12:00 (Europe/Berlin)."),
        (f"{LATE}&tz=Asia/Tokyo", "“from” must be before “to”, which is 1 Mar 2026, 12:00 (Asia/Tokyo)."),
        ("range=custom&since=soon", "“from” must be a time such as 24 Feb 2018, 14:13 (Europe/Berlin), not 'soon'."),
        (
            "range=custom&since=9999-99-99T00:00:00Z'until'",
            "“from” must be a time such as 24 Feb 2018, 14:13 (Europe/Berlin), not '9999-99-99T00:00:00Z'until''.",
        ),
        ("tz=Middle/Earth", "“zone” must be a zone's IANA name such as Europe/Berlin, not 'Middle/Earth'."),
    ],
)
def test_errors_name_fields_and_the_readers_zone(viewer: Person, page: str, query: str, message: str, is_part: bool) -> None:
    headers = {"HX-Request": "true"} if is_part else None
    assert f'<p id="error">{message}</p>' in refused(viewer, f"{page}?{query}", headers)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        *((f"{page}?{LATE}", "since") for page in (HISTORY, ACTIVITY)),
        (f"{HISTORY}?range=custom&since=2026-03-02T00:00&until=soon", "until"),
        (f"{HISTORY}?step=blink&metrics=totalUsers", "step"),
        (f"{HISTORY}?tz=Middle/Earth", "tz"),
        (f"{COMPARE}?ago=custom&a=soon&b=now", "a"),
        (f"{COMPARE}?ago=custom&a=2026-03-01T12:00&b=soon", "b"),
    ],
)
def test_the_field_refers_to_the_error(viewer: Person, store: Store, address: str, field: str) -> None:
    store(at(2026, 3, 1))
    page = refused(viewer, address)
    [marked] = re.findall(r'<(?:input|select)[^>]* aria-invalid="true" aria-describedby="error"', page)
    assert f'name="{field}"' in marked
    assert page.count('id="error"') == 1
    assert f'data-invalid="{field}"' in page


@pytest.mark.parametrize("page", [HISTORY, ACTIVITY, COMPARE])
def test_without_an_error_no_field_is_marked(viewer: Person, store: Store, page: str) -> None:
    store(at(2026, 3, 1))
    assert "invalid" not in viewer.browser().get(page).content.decode()
