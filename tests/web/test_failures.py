"""Error pages: missing pages, server errors and stale forms have the layout and the headers of all other pages."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from statistics_app.models import Snapshot
from tests.api.test_errors import database_unavailable
from tests.conftest import Person

from .test_pages import INLINE, WORKSPACE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def assert_error_page(response: object, status: int, heading: str) -> None:
    """Assert that a response is one of the app's error pages, with the headers of all other pages."""
    assert response.status_code == status  # type: ignore[attr-defined]
    text = response.content.decode()  # type: ignore[attr-defined]
    assert f"<h1>{heading}</h1>" in text
    assert "statistics_app/statistics.css" in text
    assert not INLINE.findall(text.encode())
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    assert response.headers["Cache-Control"] == "no-store"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/statistics/nothing/", "/statistics/snapshots/nothing/", "/nowhere/", "/statistics/a/b/"])
def test_a_missing_page_is_answered_with_404(viewer: Person, path: str) -> None:
    assert_error_page(viewer.browser().get(path), 404, "Page not found")


def test_a_missing_page_is_a_404_without_signing_in_too() -> None:
    assert_error_page(Client().get("/statistics/nothing/"), 404, "Page not found")


@pytest.mark.parametrize("path", ["/statistics/history", "/statistics/compare", "/statistics/snapshots"])
def test_a_missing_trailing_slash_is_added(viewer: Person, path: str) -> None:
    response = viewer.browser().get(path)
    assert (response.status_code, response.headers["Location"]) == (301, f"{path}/")


def test_an_error_page_does_not_reveal_internals(viewer: Person) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(viewer.user)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE statistics_app_snapshot RENAME TO elsewhere")
    response = client.get(WORKSPACE)
    assert_error_page(response, 500, "Something went wrong")
    assert "elsewhere" not in response.content.decode()
    assert "statistics_app_snapshot" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [WORKSPACE, "/statistics/history/", "/statistics/sign-in/", "/statistics/tokens/"])
def test_without_the_database_a_page_says_so_and_when_to_try_again(viewer: Person, path: str) -> None:
    client = viewer.browser()
    with database_unavailable():
        response = client.get(path)
    assert_error_page(response, 503, "Temporarily unavailable")
    assert "The database does not answer at the moment." in response.content.decode()
    assert response.headers["Retry-After"] == "5"
    assert client.get(path).status_code == 200


def test_a_form_with_a_stale_csrf_token_is_rejected_with_an_explanation(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer.user)
    response = client.post("/statistics/refresh/", {"csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert "<h1>The page has expired</h1>" in response.content.decode()


def test_the_button_for_a_snapshot_is_limited_like_the_api(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_REFRESH": "2/hour"}
    client = viewer.browser()
    assert [client.post("/statistics/refresh/").status_code for _ in range(2)] == [302, 302]
    response = client.post("/statistics/refresh/")
    assert_error_page(response, 429, "Busy")
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "Too many attempts. Wait " in response.content.decode()
    assert Snapshot.objects.count() == 2


def test_the_button_in_the_admin_is_limited_too(admin_person: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_REFRESH": "1/hour"}
    client = admin_person.browser()
    take = "/admin/statistics_app/snapshot/take/"
    assert "/change/" in client.post(take).headers["Location"]
    assert client.post(take).headers["Location"] == "/admin/statistics_app/snapshot/"
    assert "Too many attempts. Wait " in client.get("/admin/statistics_app/snapshot/").content.decode()
    assert Snapshot.objects.count() == 1
