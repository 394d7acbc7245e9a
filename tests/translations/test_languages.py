"""The language of a response: what the reader chose, what the browser asks for, or the host's; programs always get English."""

import pytest
from django.test import Client
from pytest_django import Settings

from statistics_app.models import Snapshot
from tests.conftest import Person
from tests.web.test_pages import store

pytestmark = pytest.mark.django_db

PAGE, GERMAN = "/statistics/sign-in/", {"Accept-Language": "de-AT,de;q=0.9"}


def language_of(client: Client, path: str = PAGE, **headers: str) -> tuple[str, str]:
    """Return the language that a page's headers and its `html` element name."""
    response = client.get(path, headers=headers)
    return response.headers["Content-Language"], response.content.decode().partition('<html lang="')[2].partition('"')[0]


def test_a_page_is_in_the_language_that_the_browser_asks_for() -> None:
    response = Client().get(PAGE, headers=GERMAN)
    assert "<h1>Anmelden</h1>" in response.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))
    assert language_of(Client(), **GERMAN) == ("de", "de")
    assert language_of(Client()) == ("en", "en")


def test_a_language_without_a_translation_is_replaced_by_english() -> None:
    assert language_of(Client(), **{"Accept-Language": "fr"}) == ("en", "en")


def test_the_readers_choice_comes_before_the_browsers() -> None:
    client = Client(headers=GERMAN)
    response = client.post("/statistics/language/", {"language": "en", "back": PAGE})
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    assert language_of(client, **GERMAN) == ("en", "en")
    client.post("/statistics/language/", {"language": "de"})
    assert language_of(client) == ("de", "de")
    assert "Django-Verwaltung" in client.get("/admin/login/").content.decode()


@pytest.mark.parametrize("language", ["fr", "", "DE", "../de", "de\0"])
def test_a_language_that_is_not_offered_changes_nothing(language: str) -> None:
    client = Client(headers=GERMAN)
    client.post("/statistics/language/", {"language": language})
    assert language_of(client, **GERMAN) == ("de", "de")


def test_the_footer_offers_the_languages_of_the_host_and_the_app(settings: Settings) -> None:
    def offered() -> list[str]:
        html = Client().get(PAGE, headers=GERMAN).content.decode()
        return [part.partition('"')[0] for part in html.partition('name="language"')[2].split('<option value="')[1:]]

    assert offered() == ["en", "de"]
    settings.LANGUAGES = [("en-gb", "British English"), ("en", "English"), ("fr", "French"), ("de-at", "Austrian German")]
    assert offered() == ["en-gb", "de-at"]
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    assert offered() == []


def test_without_the_middleware_pages_are_in_the_hosts_language_or_the_readers(settings: Settings) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Locale" not in name]
    assert language_of(Client(), **GERMAN) == ("en", "en")
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert language_of(client) == ("de", "de")
    settings.LANGUAGE_CODE = "de"
    assert language_of(Client()) == ("de", "de")


def test_numbers_and_dates_are_those_of_the_language(viewer: Person) -> None:
    store(totalUsers=1234567)
    german, english = (viewer.browser().get("/statistics/", headers=headers).content.decode() for headers in (GERMAN, {}))
    assert "1.234.567" in german
    assert "2. März 2026, 12:00:00" in german
    assert "1,234,567" in english
    assert "2 Mar 2026, 12:00:00" in english


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", "statistics", 200), ("GET", "statistics.list?count=x", 400), ("GET", "statistics.history?step=x", 400)),
        *(("PUT", "me", 405), ("POST", "login", 400), ("GET", "nothing", 404), ("GET", "statistics.activity?show=x", 200)),
        *(("GET", "statistics.history?metrics=totalUsers&format=csv", 200), ("GET", "docs", 200)),
    ],
)
def test_programs_get_english_whatever_they_ask_for(viewer: Person, method: str, path: str, status: int) -> None:
    store(totalUsers=1, problems={"os": "because"})
    answers = []
    for headers in (viewer.headers, viewer.headers | GERMAN):
        response = Client().generic(method, f"/api/v1/{path}", headers=headers)
        assert response.status_code == status, response.content
        content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
        answers.append((content, response.headers.get("Content-Language")))
        assert "Accept-Language" not in response.headers.get("Vary", "")
    assert answers[0][0] == answers[1][0]
    assert {language for _, language in answers} <= {"en", None}


def test_logs_are_english_whoever_asks(viewer: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "statistics_app")
    viewer.browser().post("/statistics/refresh/", headers=GERMAN)
    assert any("refreshed and running counts" in line or "refreshed and counted" in line for line in caplog.messages)


def test_files_of_pages_are_the_same_for_all_readers(viewer: Person) -> None:
    store(totalUsers=1)
    for path in (
        "history/file/?metrics=totalUsers,sentMessages&format=csv",
        "activity/file/?show=rooms",
        "snapshots/export/?format=csv",
    ):
        files = []
        for headers in ({}, GERMAN):
            response = viewer.browser().get(f"/statistics/{path}", headers=headers)
            files.append(b"".join(response) if response.streaming else response.content)
        assert files[0] == files[1]
    assert Snapshot.objects.count() == 1
