"""The pages: access, contents, and what the security policy lets a browser load for them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.history.metrics import METRICS
from statistics_app.models import EventCoverage, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from tests.conftest import PASSWORD, Person
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WORKSPACE = "/statistics/"
REFRESH = "/statistics/refresh/"
HISTORY = "/statistics/snapshots/"
CHARTS = "/statistics/history/"
ACTIVITY = "/statistics/activity/"
SIGN_IN = "/statistics/sign-in/"
SIGN_OUT = "/statistics/sign-out/"
INLINE = re.compile(rb"<script(?! src=\"/static/)|<style|<iframe|\sstyle\s*=|\son[a-z]+\s*=|javascript:|data:", re.IGNORECASE)


def store(minute: int = 0, problems: dict[str, str] | None = None, host: str = "here", **values: Any) -> Snapshot:
    """Store a snapshot of a given number of minutes after noon."""
    key, moment = make_id(), NOON + timedelta(minutes=minute)
    document = {"_id": key, "createdAt": wire_time(moment), **values}
    return Snapshot.objects.create(
        id=key,
        number=minute,
        created_at=moment,
        origin=Origin.SCHEDULE,
        took_ms=7,
        host=host,
        problems=problems or {},
        body=Snapshot.body_of(document),
    )


def page_of(snapshot: Snapshot) -> str:
    return f"{HISTORY}{snapshot.pk}/"


@pytest.fixture
def pages() -> list[str]:
    """Return the URLs of the pages that show the numbers of a stored snapshot."""
    return [WORKSPACE, HISTORY, page_of(store(totalUsers=1234))]


@pytest.fixture
def all_pages(pages: list[str]) -> list[str]:
    """Return the URLs of all pages, including a file and a part of a page."""
    key = Snapshot.objects.get().pk
    charts = f"metrics={','.join(metric.key for metric in METRICS)}&range=all"
    return [
        *pages,
        f"{CHARTS}?{charts}",
        f"{CHARTS}file/?{charts}&format=csv",
        ACTIVITY,
        f"{ACTIVITY}file/?show=people",
        "/statistics/compare/",
        "/statistics/definitions/",
        f"/statistics/as-of/{key}/",
    ]


def token_in(response: Any) -> str:
    """Return the CSRF token of the first form on a page."""
    match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())
    assert match
    return match[1]


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    """Submit the sign-in form as a browser does, and return the response."""
    form = {"username": username, "password": password, "csrfmiddlewaretoken": token_in(client.get(SIGN_IN)), **more}
    return client.post(SIGN_IN, form)


def test_an_anonymous_visitor_is_redirected_to_the_sign_in_page_and_back(stranger: Person, all_pages: list[str]) -> None:
    for page in (*all_pages[:-1], f"{HISTORY}?page=2"):
        response = stranger.browser().get(page)
        assert response.status_code == 302
        path, _, query = response.headers["Location"].partition("?")
        assert (path, unquote(query)) == (SIGN_IN, f"next={page}")
    assert stranger.browser().post(REFRESH).status_code == 302
    assert Snapshot.objects.count() == 1


def test_a_user_without_the_permission_sees_which_one_is_missing(member: Person, all_pages: list[str]) -> None:
    for response in (*(member.browser().get(page) for page in all_pages[:-1]), member.browser().post(REFRESH)):
        assert response.status_code == 403
        assert "view-statistics" in response.content.decode()
        assert "Can view the workspace's statistics" in unescape(response.content.decode())
        assert "1,234" not in response.content.decode()
        assert 'aria-label="Pages"' not in response.content.decode()
    assert Snapshot.objects.count() == 1


def test_a_deactivated_user_is_signed_out_and_cannot_sign_in(inactive: Person, pages: list[str]) -> None:
    assert [inactive.browser().get(page).status_code for page in pages] == [302] * 3
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "inactive").status_code == 200
    assert client.get(WORKSPACE).status_code == 302


def test_a_viewer_sees_the_numbers(viewer: Person, pages: list[str]) -> None:
    for page in pages:
        response = viewer.browser().get(page)
        assert response.status_code == 200
        assert "1,234" in response.content.decode(), page


def test_a_token_does_not_give_access_to_pages(viewer: Person) -> None:
    assert Client().get(WORKSPACE, headers=viewer.headers).status_code == 302


def test_the_workspace_shows_the_latest_snapshot(viewer: Person) -> None:
    store(1, totalUsers=1111)
    store(2, totalUsers=2222)
    html = viewer.browser().get(WORKSPACE).content.decode()
    assert "2,222" in html
    assert "1,111" not in html


def test_every_link_of_a_number_has_a_name_that_stands_alone(viewer: Person) -> None:
    key = viewer.get("statistics").json()["_id"]
    html = viewer.browser().get(WORKSPACE).content.decode()
    names = {
        href: " ".join(re.sub(r"<[^>]+>", "", text).split())
        for href, text in re.findall(
            r'<a[^>]*href="/statistics/history/\?metrics=([\w.,]+)[^"]*"[^>]*>(.*?)</a>', html, re.DOTALL
        )
    }
    document = Snapshot.objects.get(pk=key).document
    assert names["onlineUsers"] == f"Online: {document['onlineUsers']}, show history"
    assert names["totalChannels"] == f"Channels: {document['totalChannels']}, show history"
    assert len(names) > 30
    assert {name for name in names.values() if not re.fullmatch(r"\D.*: .+, show history", name)} == set()


def test_the_bar_of_memory_is_filled_with_what_is_used(viewer: Person) -> None:
    store(os={"totalmem": 4096, "freemem": 1024, "loadavg": [1, 2, 3], "type": "Linux", "uptime": 5})
    html = viewer.browser().get(WORKSPACE).content.decode()
    assert '<meter min="0" max="4096" value="3072" aria-label="Used memory">' in html
    assert "3.0\xa0KB of 4.0\xa0KB used" in html


@pytest.mark.parametrize("page", [WORKSPACE, HISTORY])
def test_a_page_without_snapshots_reports_that_and_takes_none(viewer: Person, page: str) -> None:
    response = viewer.browser().get(page)
    assert (response.status_code, "No snapshot yet" in response.content.decode()) == (200, True)
    assert not Snapshot.objects.exists()


def test_the_button_takes_a_snapshot_and_shows_it(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer.user)
    response = client.post(REFRESH, {"csrfmiddlewaretoken": token_in(client.get(WORKSPACE))}, follow=True)
    assert response.redirect_chain == [(WORKSPACE, 302)]
    assert "A new snapshot was taken" in response.content.decode()
    assert Snapshot.objects.get().origin == Origin.REFRESH


def test_refreshing_requires_the_csrf_token(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer.user)
    assert client.post(REFRESH).status_code == 403
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_refreshes(viewer: Person, method: str) -> None:
    assert viewer.browser().generic(method, REFRESH).status_code == 405
    assert not Snapshot.objects.exists()


def test_the_history_is_paged_newest_first(viewer: Person) -> None:
    ids = [store(minute).pk for minute in range(55)][::-1]
    browser = viewer.browser()
    listed = [re.findall(r"snapshots/(\w{17})/", browser.get(HISTORY, {"page": page}).content.decode()) for page in (1, 2, 3)]
    assert listed == [ids[:25], ids[25:50], ids[50:]]
    assert 'href="?page=2"' in browser.get(HISTORY).content.decode()
    assert browser.get(HISTORY, {"page": 4}).status_code == 404
    assert browser.get(HISTORY, {"page": "x"}).status_code == 404


def test_a_snapshots_page_shows_it_and_links_to_its_neighbours(viewer: Person) -> None:
    before, snapshot, after = (store(minute, totalUsers=1000 + minute) for minute in range(3))
    html = viewer.browser().get(page_of(snapshot)).content.decode()
    assert "1,001" in html
    assert "&quot;totalUsers&quot;: 1001" in html
    assert f'rel="prev" href="{page_of(before)}"' in html
    assert f'rel="next" href="{page_of(after)}"' in html


@pytest.mark.parametrize("key", ["x", "x" * 17, "x" * 300, "no-such-id"])
def test_an_unknown_snapshot_is_not_found(viewer: Person, key: str) -> None:
    assert viewer.browser().get(f"{HISTORY}{key}/").status_code == 404


def test_what_is_unknown_is_shown_with_its_reason(viewer: Person) -> None:
    reason = "The tables <b>say</b> nothing."
    snapshot = store(problems={"totalThreads": reason}, totalThreads=None, totalUsers=3)
    for page in (WORKSPACE, page_of(snapshot)):
        html = viewer.browser().get(page).content.decode()
        assert "totalThreads" in html
        assert "The tables &lt;b&gt;say&lt;/b&gt; nothing." in html
        assert reason not in html
        assert f"{len(CATALOGUE) - 1} of {len(CATALOGUE)} values known" in html
    assert '<span class="warn">1 unknown</span>' in viewer.browser().get(HISTORY).content.decode()


def test_values_of_snapshots_are_escaped(viewer: Person) -> None:
    evil = "<img src=x>'\""
    snapshot = store(host=evil, problems={evil: evil}, version=evil, userLanguages={evil: 1})
    for page in (WORKSPACE, HISTORY, page_of(snapshot)):
        response = viewer.browser().get(page)
        assert response.status_code == 200
        assert "<img src=x>" not in response.content.decode()


def test_a_real_snapshot_is_shown_completely(viewer: Person) -> None:
    snapshot = Snapshot.objects.get(pk=viewer.get("statistics").json()["_id"])
    for page in (WORKSPACE, page_of(snapshot)):
        html = viewer.browser().get(page).content.decode()
        assert snapshot.document["version"] in html
        assert str(snapshot.document["os"]["release"]) in html


def test_the_security_policy_of_every_page_allows_only_the_apps_own_files(
    viewer: Person, member: Person, all_pages: list[str]
) -> None:
    browser = viewer.browser()
    answers = [*(browser.get(page) for page in all_pages), member.browser().get(WORKSPACE), Client().get(SIGN_IN)]
    for response in answers:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy


def test_no_page_contains_inline_scripts_or_styles(viewer: Person, member: Person, all_pages: list[str]) -> None:
    viewer.get("statistics", refresh="true")
    store(99, problems={"totalUsers": "unknown"})
    browser = viewer.browser()
    answers = [*(browser.get(page) for page in all_pages), member.browser().get(WORKSPACE), Client().get(SIGN_IN)]
    Snapshot.objects.all().delete()
    answers += [browser.get(WORKSPACE), browser.get(HISTORY), browser.post(REFRESH, follow=True)]
    for response in answers:
        assert not INLINE.findall(response.content)


def test_no_page_may_be_cached(viewer: Person, member: Person, all_pages: list[str]) -> None:
    answers = [*(viewer.browser().get(page) for page in all_pages), member.browser().get(WORKSPACE), Client().get(SIGN_IN)]
    for response in answers:
        assert "no-store" in response.headers.get("Cache-Control", ""), response.status_code


@pytest.mark.parametrize("number", [1, 300])
def test_the_number_of_queries_does_not_depend_on_the_length_of_the_history(
    viewer: Person, all_pages: list[str], number: int
) -> None:
    middle = [store(minute, totalUsers=minute) for minute in range(1, number + 1)][number // 2]
    roll_up_gauges()
    # Part of the history is rebuilt.
    since, until = middle.created_at - timedelta(days=90), middle.created_at
    EventCoverage.objects.create(since=since, measured_since=until, until=until, is_complete=True)
    browser = viewer.browser()
    days = f"since={NOON - timedelta(days=2):%Y-%m-%dT%H:%M}&until={NOON + timedelta(days=2):%Y-%m-%dT%H:%M}"
    changes = [f"{CHARTS}?range=custom&{days}&as=change&step={step}" for step in ("15min", "hour")]
    for page in (*all_pages, *changes, page_of(middle)):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200, page
        # The comparison looks for the state at each distance that it offers; activity has a query for each chart.
        assert len(queries) <= (32 if "compare" in page else 20), page
        assert not [query for query in queries if "chat_message" in query["sql"]]


def test_signing_in_redirects_to_the_requested_page(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, "viewer", next=HISTORY)
    assert (response.status_code, response.headers["Location"]) == (302, HISTORY)
    assert client.get(HISTORY).status_code == 200


@pytest.mark.parametrize("name", ["VIEWER", "Mail@Chat.example"])
def test_a_name_in_another_case_and_an_address_sign_in(viewer: Person, name: str) -> None:
    assert viewer.user
    viewer.user.email = "mail@chat.example"
    viewer.user.save()
    assert sign_in(Client(enforce_csrf_checks=True), name).status_code == 302


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_redirects_to_another_site(viewer: Person, elsewhere: str) -> None:
    response = sign_in(Client(enforce_csrf_checks=True), "viewer", next=elsewhere)
    assert (response.status_code, response.headers["Location"]) == (302, WORKSPACE)


@pytest.mark.parametrize(("username", "password"), [("viewer", "wrong"), ("nobody", PASSWORD), ("viewer", "")])
def test_a_failed_sign_in_is_reported(viewer: Person, username: str, password: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert password == "" or 'role="alert"' in response.content.decode()
    assert client.get(WORKSPACE).status_code == 302


def test_signing_in_requires_the_csrf_token(viewer: Person) -> None:
    assert Client(enforce_csrf_checks=True).post(SIGN_IN, {"username": "viewer", "password": PASSWORD}).status_code == 403


def test_signing_out_by_the_button_ends_the_session(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "viewer")
    response = client.post(SIGN_OUT, {"csrfmiddlewaretoken": token_in(client.get(WORKSPACE))})
    assert (response.status_code, response.headers["Location"]) == (302, SIGN_IN)
    assert client.get(WORKSPACE).status_code == 302


def test_a_get_request_does_not_sign_out(viewer: Person) -> None:
    browser = viewer.browser()
    assert browser.get(SIGN_OUT).status_code == 405
    assert browser.get(WORKSPACE).status_code == 200


@pytest.mark.parametrize(("named", "page"), [("/accounts/profile/", WORKSPACE), ("/admin/", "/admin/")])
def test_signing_in_leads_to_the_page_that_the_host_names_or_the_workspace(
    member: Person, settings: Any, named: str, page: str
) -> None:
    settings.LOGIN_REDIRECT_URL = named
    response = Client().post(SIGN_IN, {"username": member.user.username, "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, page)
