"""Preferences from cookies: valid values are used, all others are ignored."""

from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.http import HttpRequest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.http.preferences import Theme, preferred_theme, preferred_zone

from ..web.any_query import thorough

ANY = st.text(max_size=60) | st.sampled_from(sorted(available_timezones())) | st.sampled_from(Theme)


def request(**cookies: str) -> HttpRequest:
    request = HttpRequest()
    request.COOKIES = cookies
    return request


@thorough
@given(ANY)
def test_any_cookie_gives_a_zone_and_a_theme(value: str) -> None:
    sent = request(statistics_zone=value, statistics_theme=value)
    assert preferred_zone(sent).key == (value if value in available_timezones() else "UTC")
    assert preferred_theme(sent) == (value if value in list(Theme) else Theme.SYSTEM)


@pytest.mark.parametrize("zone", ["", "../../etc/passwd", "/etc/localtime", "europe/berlin", "Europe/Berlin\0", "Europe/", "."])
def test_an_unknown_zone_is_replaced_by_djangos(zone: str) -> None:
    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        assert preferred_zone(request(statistics_zone=zone)).key == "Asia/Kathmandu"
        assert preferred_zone(request()).key == "Asia/Kathmandu"
        assert preferred_zone(request(statistics_zone="Europe/Berlin")).key == "Europe/Berlin"


def test_if_djangos_zone_has_no_name_it_is_utc() -> None:
    with timezone.override(timezone.get_fixed_timezone(90)):
        assert preferred_zone(request()).key == "UTC"


@pytest.mark.parametrize("theme", ["", "Dark", "dark ", "light;dark", "none"])
def test_an_unknown_theme_is_replaced_by_the_systems(theme: str) -> None:
    assert preferred_theme(request(statistics_theme=theme)) is Theme.SYSTEM


def test_the_switch_leads_through_all_themes_and_back() -> None:
    seen = [Theme.SYSTEM]
    while seen[-1].next is not Theme.SYSTEM:
        seen.append(seen[-1].next)
    assert sorted(seen) == sorted(Theme)
