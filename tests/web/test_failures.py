"""What is told when a page is not there, or something fails: in the house style, and strictly."""

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import Person

from .test_pages import INLINE, WORKSPACE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def shown(response: object, status: int, heading: str) -> None:
    """See that a failure is told as everything else is."""
    assert response.status_code == status  # type: ignore[attr-defined]
    text = response.content.decode()  # type: ignore[attr-defined]
    assert f"<h1>{heading}</h1>" in text
    assert "statistics_app/statistics.css" in text
    assert not INLINE.findall(text.encode())
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    assert response.headers["Cache-Control"] == "no-store"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/statistics/nothing/", "/statistics/snapshots/nothing/", "/nowhere/", "/statistics/a/b/"])
def test_what_is_not_there_is_told(viewer: Person, path: str) -> None:
    shown(viewer.browser().get(path), 404, "There is no such page")


def test_a_stranger_is_told_the_same_of_what_is_no_page() -> None:
    shown(Client().get("/statistics/nothing/"), 404, "There is no such page")


@pytest.mark.parametrize("path", ["/statistics/history", "/statistics/compare", "/statistics/snapshots"])
def test_a_forgotten_slash_is_added(viewer: Person, path: str) -> None:
    response = viewer.browser().get(path)
    assert (response.status_code, response.headers["Location"]) == (301, f"{path}/")


def test_what_failed_is_told_without_its_secrets(viewer: Person) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(viewer.user)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE statistics_app_snapshot RENAME TO elsewhere")
    response = client.get(WORKSPACE)
    shown(response, 500, "Something failed here")
    assert "elsewhere" not in response.content.decode()
    assert "statistics_app_snapshot" not in response.content.decode()


def test_a_form_of_another_sign_in_is_refused_and_says_what_to_do(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer.user)
    response = client.post("/statistics/refresh/", {"csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert "<h1>That page was too old</h1>" in response.content.decode()
