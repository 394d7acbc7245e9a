"""The pages in Firefox: colours, charts and sheets, wide and on a phone, in both themes."""

from collections.abc import Iterator

import pytest

from .firefox import MISSING, Firefox, find_firefox, running_firefox
from .people import PASSWORDS, VIEWER
from .sign_in import SIGN_IN
from .test_every_page import PAGES
from .world import World

pytestmark = pytest.mark.slow

# The values of Firefox's preference of a theme.
DARK, LIGHT = 0, 1
BACKGROUNDS = {DARK: "rgb(18, 22, 28)", LIGHT: "rgb(245, 246, 248)"}
WIDE, PHONE = (1280, 900), (450, 740)  # Firefox has no narrower windows.
_IS_HIDDEN = 'getComputedStyle(document.querySelector("#history")).display === "none"'
_HAS_CHARTS, _IS_LIVE = (f"document.querySelector('{selector}') !== null" for selector in ("#charts[data-times]", ".is-live"))


@pytest.fixture(scope="module", params=[(DARK, PHONE), (LIGHT, WIDE)], ids=["dark, phone", "light, wide"])
def look(request: pytest.FixtureRequest) -> tuple[int, tuple[int, int]]:
    return request.param


@pytest.fixture(scope="module")
def firefox(world: World, look: tuple[int, tuple[int, int]], request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """Firefox in a theme and of a size, with a viewer signed in."""
    if find_firefox() is None:
        request.node.user_properties.append(("message", MISSING))
        pytest.skip(MISSING)
    theme, size = look
    with running_firefox(**{"layout.css.prefers-color-scheme.content-override": theme}) as started:
        started.resize(*size)
        started.open(world.url + SIGN_IN)
        started.fill_in("[name=username]", VIEWER)
        started.fill_in("[name=password]", PASSWORDS[VIEWER])
        started.click("main form button")
        started.wait_for('location.pathname === "/statistics/"')
        yield started


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_colours_fits_and_has_live_charts(
    firefox: Firefox, world: World, look: tuple[int, tuple[int, int]], name: str
) -> None:
    firefox.open(world.url + PAGES[name])
    if firefox.value_of(_HAS_CHARTS):
        firefox.wait_for(_IS_LIVE)
    expected = BACKGROUNDS[LIGHT if name == "report" else look[0]]
    assert firefox.value_of("getComputedStyle(document.body).backgroundColor") == expected
    assert firefox.value_of("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_form_is_above_the_charts_and_on_a_phone_in_a_sheet(firefox: Firefox, world: World) -> None:
    firefox.resize(*WIDE)
    firefox.open(world.url + PAGES["history"])
    assert not firefox.value_of(_IS_HIDDEN)
    firefox.resize(*PHONE)
    firefox.wait_for(_IS_HIDDEN)
    firefox.click('[popovertarget="history"]')
    assert not firefox.value_of(_IS_HIDDEN)
    firefox.click('#history [value="90d"] + span')
    firefox.wait_for('location.search.includes("range=90d")')
