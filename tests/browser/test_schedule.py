"""The schedule above the list of snapshots, in a browser: reached from the workspace, and read with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .conftest import PageFor
from .people import VIEWER

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_every_slot_can_be_read_and_opened_with_the_keyboard(page_for: PageFor, scheme: str, width: int) -> None:
    page = page_for(VIEWER, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto("/statistics/")
    page.get_by_role("link", name="schedule").press("Enter")
    expect(page).to_have_url(re.compile("snapshots/#schedule"))
    expect(page.get_by_role("img", name=re.compile(r"^The last \d+ snapshots by schedule: \d+ taken"))).to_be_visible()
    expect(page.get_by_role("list", name="Slots that need attention")).to_contain_text("No attempt is recorded")
    page.locator(".schedule summary").press("Enter")
    slots = page.get_by_role("region", name="Every slot")
    page.keyboard.press("Tab")
    expect(slots).to_be_focused()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    slots.get_by_role("link").first.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("^Snapshot of"))).to_be_visible()


def test_states_differ_without_colours(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto("/statistics/snapshots/")
    looks = page.evaluate(
        "['taken', 'late', 'failed', 'missed', 'due'].map((state) => { const e = document.querySelector('.slots i');"
        " e.className = state; const { borderStyle, backgroundImage } = getComputedStyle(e);"
        " const filled = getComputedStyle(e).backgroundColor !== 'rgba(0, 0, 0, 0)';"
        " return [borderStyle, backgroundImage !== 'none', filled, getComputedStyle(e, '::after').content].join(); })"
    )
    assert len(set(looks)) == 5
