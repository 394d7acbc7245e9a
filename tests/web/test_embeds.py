"""Charts that other sites embed: who sees what at a signed address, for how long, and with which headers."""

import importlib.util
import re
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from statistics_app.accounts.embeds import Embed, sign
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.presentation import pictures
from statistics_app.snapshots import generation
from tests.conftest import Person
from tests.presentation.svg import texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE = "/statistics/history/embed/"
ADDRESS = re.compile(r'<code id="svg-\d">http://testserver([^<]+)</code>')
QUERY = "metrics=totalUsers,sentMessages&as=value&range=30d&step=day&tz=Europe/Berlin"
ENDED = "This chart is no longer available."
DAY = timedelta(days=1)


@pytest.fixture
def snapshot(db: None) -> Snapshot:
    """The latest snapshot."""
    return generation.generate(Origin.COMMAND)


def addresses(person: Person, query: str = QUERY) -> list[str]:
    """Return the addresses on the page, one for each chart."""
    return ADDRESS.findall(person.browser().get(f"{PAGE}?{query}").content.decode())


def texts(response: Any) -> list[str]:
    """Return the texts of a picture."""
    return texts_of(response.content)


def limited(settings: Settings, **values: Any) -> None:
    settings.STATISTICS = {**django_settings.STATISTICS, **values}


def test_each_chart_has_an_address_that_anybody_can_open(viewer: Person, snapshot: Snapshot) -> None:
    users, messages = addresses(viewer)
    for address, title in ((users, "Users"), (messages, "Messages sent")):
        response = Client().get(address)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
        assert title in texts(response)
        assert any(text.endswith("Europe/Berlin") for text in texts(response))
        assert any(text.startswith("testserver · ") for text in texts(response))


def test_the_page_says_until_when_an_address_is_valid(viewer: Person, settings: Settings) -> None:
    limited(settings, EMBED_DAYS=7)
    with time_machine.travel("2030-03-02T12:00:00Z", tick=False):
        assert "9 Mar 2030, 12:00" in viewer.browser().get(f"{PAGE}?{QUERY}").content.decode()


def test_an_address_ends_with_its_time_and_says_so_in_a_picture(viewer: Person, settings: Settings) -> None:
    limited(settings, EMBED_DAYS=7)
    with time_machine.travel("2030-03-02T12:00:00Z", tick=False):
        address = addresses(viewer)[0]
    for moment, status in (("2030-03-09T12:00:00Z", 200), ("2030-03-09T12:00:02Z", 410)):
        with time_machine.travel(moment, tick=False):
            response = Client().get(address)
            assert (response.status_code, ENDED in texts(response)) == (status, status == 410)
    assert (response.headers["Content-Type"], response.headers["Cache-Control"]) == ("image/svg+xml", "no-store")


def test_a_shorter_time_ends_addresses_that_were_made_before(viewer: Person, settings: Settings) -> None:
    address = addresses(viewer)[0]
    with time_machine.travel(timezone.now() + 8 * DAY):
        assert Client().get(address).status_code == 200
        for days in (7, 0):
            limited(settings, EMBED_DAYS=days)
            assert Client().get(address).status_code == 410


def test_nothing_is_embedded_where_that_is_switched_off(viewer: Person, settings: Settings) -> None:
    address = addresses(viewer)[0]
    limited(settings, EMBED_DAYS=0)
    assert Client().get(address).status_code == 410
    assert "Charts cannot be embedded here" in viewer.browser().get(f"{PAGE}?{QUERY}").content.decode()
    assert addresses(viewer) == []


def test_an_address_is_valid_while_its_author_may_see_the_statistics(viewer: Person, snapshot: Snapshot) -> None:
    assert viewer.user is not None
    address = addresses(viewer)[0]
    permissions = list(viewer.user.user_permissions.all())
    viewer.user.user_permissions.clear()
    response = Client().get(address)
    assert (response.status_code, ENDED in texts(response)) == (410, True)
    viewer.user.user_permissions.set(permissions)
    assert Client().get(address).status_code == 200
    viewer.user.is_active = False
    viewer.user.save()
    assert Client().get(address).status_code == 410
    viewer.user.delete()
    assert Client().get(address).status_code == 410


def forgeries(address: str) -> list[str]:
    signed = address.removesuffix(".svg")
    payload, *rest = signed.rpartition("/")[2].split(":")
    return [
        f"{signed[:-1]}.svg",
        f"{signed}x.svg",
        f"/statistics/embed/{payload}.svg",
        f"/statistics/embed/x{payload}:{':'.join(rest)}.svg",
    ]


def test_nothing_is_shown_at_a_forged_address(viewer: Person) -> None:
    wrong = ["/statistics/embed/x.svg", "/statistics/embed/:.svg", "/statistics/embed/%00:a:b.svg", "/statistics/embed/€.svg"]
    for address in [*forgeries(addresses(viewer)[0]), *wrong]:
        response = Client().get(address)
        assert (response.status_code, response.headers["Content-Type"]) == (404, "text/plain; charset=utf-8"), address


def test_what_is_signed_for_another_purpose_is_forged(viewer: Person) -> None:
    assert viewer.user is not None
    signed = signing.dumps([viewer.user.pk, QUERY, "light"], compress=True)
    assert Client().get(f"/statistics/embed/{signed}.svg").status_code == 404


def test_the_query_of_an_address_changes_nothing(viewer: Person, snapshot: Snapshot) -> None:
    address = addresses(viewer)[0]
    changed = Client().get(f"{address}?metrics=totalRooms&range=1y&theme=dark&token=x")
    assert "Users" in texts(changed)
    assert 'fill="#1a2029"' not in changed.content.decode()


def test_headers_allow_pictures_elsewhere_and_nothing_else(viewer: Person, snapshot: Snapshot) -> None:
    response = viewer.browser().get(addresses(viewer)[0])
    headers = response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none';")
    assert headers["Content-Security-Policy"].endswith("; sandbox")
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert (headers["Cross-Origin-Resource-Policy"], headers["Referrer-Policy"]) == ("cross-origin", "no-referrer")
    assert "Access-Control-Allow-Origin" not in headers
    assert "Cookie" not in headers.get("Vary", "")
    assert not response.cookies
    picture = response.content.decode()
    assert not re.search(r"<script|<style|style=|href|\bon\w+=|url\((?!#)", picture)


def test_a_picture_is_kept_for_its_step_and_not_sent_again(viewer: Person, snapshot: Snapshot) -> None:
    with time_machine.travel("2030-03-02T12:20:00Z", tick=False):
        address = addresses(viewer, "metrics=totalUsers&range=24h&step=hour")[0]
        response = Client().get(address)
        assert response.headers["Cache-Control"] == "private, max-age=2400"
        etag = response.headers["ETag"]
        again = Client().get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Cache-Control"] == "private, max-age=2400"
        generation.generate(Origin.COMMAND)
        newer = Client().get(address, headers={"If-None-Match": etag})
        assert newer.status_code == 200
    with time_machine.travel("2030-03-02T13:00:00Z", tick=False):
        next_step = Client().get(address, headers={"If-None-Match": newer.headers["ETag"]})
        assert next_step.status_code == 200


def test_a_picture_that_only_grows_is_sent_again_with_the_next_step(viewer: Person, snapshot: Snapshot) -> None:
    with time_machine.travel("2030-03-02T12:20:00Z", tick=False):
        address = addresses(viewer, "metrics=totalUsers&since=2030-03-01T00:00&step=hour")[0]
        etag = Client().get(address).headers["ETag"]
    for moment, status in (("2030-03-02T12:59:59Z", 304), ("2030-03-02T13:00:01Z", 200)):
        with time_machine.travel(moment, tick=False):
            assert Client().get(address, headers={"If-None-Match": etag}).status_code == status


def test_the_time_in_a_cache_is_at_most_the_interval_between_snapshots(viewer: Person, settings: Settings) -> None:
    limited(settings, INTERVAL=600)
    with time_machine.travel("2030-03-02T12:04:00Z", tick=False):
        response = Client().get(addresses(viewer, "metrics=totalUsers&range=1y&step=month")[0])
        assert response.headers["Cache-Control"] == "private, max-age=360"


def test_requests_for_a_picture_are_limited(viewer: Person, settings: Settings) -> None:
    limited(settings, THROTTLE_READ="2/hour")
    first, second = addresses(viewer)
    responses = [Client().get(first) for _ in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert int(responses[2].headers["Retry-After"]) > 0
    assert Client().get(second).status_code == 200


def test_colours_are_those_of_the_address(viewer: Person, snapshot: Snapshot) -> None:
    [address] = addresses(viewer, "metrics=totalUsers&theme=dark")
    assert '<rect width="100%" height="100%" fill="#1a2029"/>' in Client().get(address).content.decode()


def test_an_address_of_what_cannot_be_shown_any_more_has_ended(viewer: Person) -> None:
    signed = sign(Embed("metrics=gone", "light"), viewer.user)
    assert Client().get(f"/statistics/embed/{signed}.svg").status_code == 410


@pytest.mark.parametrize("query", ["metrics=gone", "metrics=totalUsers&range=never", "metrics=totalUsers&theme=pink"])
def test_the_page_for_what_cannot_be_shown_leads_to_the_one_that_says_why(viewer: Person, query: str) -> None:
    response = viewer.browser().get(f"{PAGE}?{query}")
    assert (response.status_code, response.url) == (302, f"/statistics/history/?{query}")


def test_history_leads_to_the_page(viewer: Person, snapshot: Snapshot) -> None:
    text = viewer.browser().get("/statistics/history/?metrics=totalUsers&range=7d&tz=UTC").content.decode()
    assert f'href="{PAGE}?metrics=totalUsers&amp;as=value&amp;range=7d&amp;step=auto&amp;tz=UTC">Embed</a>' in text


def test_png_is_offered_where_it_can_be_drawn(viewer: Person, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    address = addresses(viewer)[0].replace(".svg", ".png")
    page = viewer.browser().get(f"{PAGE}?{QUERY}").content.decode()
    response = Client().get(address)
    if importlib.util.find_spec("resvg_py"):
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
        assert re.search(r'<code id="png-1">http://testserver/statistics/embed/[^<]+\.png</code>', page)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    pictures._has_fonts.cache_clear()
    response = Client().get(address)
    assert (response.status_code, "workspace-statistics[png]" in response.content.decode()) == (501, True)
    assert "workspace-statistics[png]" in viewer.browser().get(f"{PAGE}?{QUERY}").content.decode()
    pictures._has_fonts.cache_clear()


def test_making_addresses_asks_for_no_data(viewer: Person, django_assert_max_num_queries: Any) -> None:
    browser = viewer.browser()
    with django_assert_max_num_queries(5):
        assert browser.get(f"{PAGE}?{QUERY}").status_code == 200
