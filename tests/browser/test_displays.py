"""Displays in a browser: on a wall and on a phone, in both themes, while they refresh themselves, and when they end."""

import re

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import PageFor
from .people import VIEWER
from .world import World

pytestmark = pytest.mark.slow

WALL, PHONE = {"width": 1920, "height": 1080}, {"width": 360, "height": 740}
PAGES = ("/statistics/display/", "/statistics/display/activity/")
MINUTE = 60_000
# The boxes of the numbers that are wider than their cards.
_CUT_OFF = """[...document.querySelectorAll('.headlines li, .answers li')].filter((card) => {
  const range = document.createRange();
  range.selectNodeContents(card);
  return range.getBoundingClientRect().right > card.getBoundingClientRect().right;
}).map((card) => card.textContent)"""


@pytest.fixture
def link(page_for: PageFor) -> str:
    """The link of a new display."""
    return create(page_for(VIEWER), "hall")


def create(page: Page, name: str) -> str:
    """Create a display in place of one of the same name, and return its link."""
    page.goto("/statistics/tokens/")
    if page.get_by_label(f"Revoke {name}", exact=True).count():
        revoke(page, name)
    form = page.locator("form[action*=displays]")
    form.get_by_label("Name").fill(name)
    form.get_by_role("button", name="Create display").click()
    return page.locator("#display-link").inner_text()


def revoke(page: Page, name: str) -> None:
    page.goto("/statistics/tokens/")
    page.get_by_label(f"Revoke {name}", exact=True).click()
    page.get_by_role("button", name=f"Revoke display {name}").click()
    expect(page.get_by_text(f"Display “{name}” revoked")).to_be_visible()


@pytest.mark.parametrize("viewport", [WALL, PHONE], ids=["wall", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_displays_fit_and_are_accessible(page_for: PageFor, link: str, theme: str, viewport: dict[str, int]) -> None:
    page = page_for(viewport=viewport)
    page.goto(link)
    for path in PAGES:
        page.goto(f"{path}?theme={theme}")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        assert page.evaluate(_CUT_OFF) == []
        if viewport is WALL:
            assert page.evaluate("document.documentElement.scrollHeight") == viewport["height"]
            assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.figure, .answers b')).fontSize)") > 50


def test_a_display_works_without_scripts(page_for: PageFor, link: str) -> None:
    page = page_for(java_script_enabled=False, viewport=WALL)
    page.goto(link)
    assert re.search(r"/statistics/display/\?theme=dark&range=7d&tz=", page.url)
    expect(page.get_by_role("list", name="Totals")).to_contain_text("Messages")
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1


def test_a_display_refreshes_itself_keeps_its_numbers_while_the_server_is_away_and_ends(
    page_for: PageFor, world: World, link: str
) -> None:
    page = page_for(expected="ERR_CONNECTION_REFUSED|status of 403")
    page.clock.install()
    page.goto(link)
    messages = page.locator(".headlines .figure").first
    before = messages.inner_text()
    world.run("tests.browser.chat", "one-more")
    try:
        world.manage("generate_statistics")
        page.clock.fast_forward(MINUTE)
        expect(messages).not_to_have_text(before)
    finally:
        world.run("tests.browser.chat", "one-less")
        world.manage("generate_statistics")
    with world.without_web():
        page.clock.fast_forward(MINUTE)
        expect(page.get_by_text("The server has not answered since")).to_be_visible()
        expect(messages).to_be_visible()
        assert violations(page) == []
    page.clock.fast_forward(MINUTE)
    expect(page.get_by_text("The server has not answered since")).to_be_hidden()
    revoke(page_for(VIEWER), "hall")
    page.clock.fast_forward(MINUTE)
    expect(page.get_by_role("heading", name="This display has no access")).to_be_visible()
    assert violations(page) == []
