"""Snapshots in Django's admin, in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from .accessibility import Violation, violations
from .chat import MESSAGES
from .conftest import PageFor
from .people import ADMINISTRATOR

pytestmark = pytest.mark.slow

LIST = "/admin/statistics_app/snapshot/"
# Browsers request it by default; Django's admin links to none.
FAVICON = r"/favicon\.ico: "
# Rules that Django's own templates violate: the search field is labelled by a title only, and links in the breadcrumbs and
# "Show all" differ from the surrounding text only by colour.
DJANGOS_OWN = {"label-title-only", "link-in-text-block"}
# Its filters and the dates above a list, which are small.
FILTER = '<a href="?'


def ours(page: Page) -> list[Violation]:
    """Return the violations of a page, except those of Django's own templates."""
    return [
        violation
        for violation in violations(page)
        if violation.id not in DJANGOS_OWN and not all(node.startswith(FILTER) for node in violation.nodes)
    ]


def open_newest(page: Page) -> None:
    """Open the first snapshot of the list."""
    page.get_by_role("link", name=re.compile(r"^\d+ \w{3} \d{4}, ")).first.click()


def test_an_administrator_takes_a_snapshot_and_reads_what_changed(page_for: PageFor) -> None:
    page = page_for(ADMINISTRATOR, expected=FAVICON)
    page.goto(LIST)
    trends = page.get_by_role("region", name="The last 30 days")
    expect(trends).to_contain_text(f"{MESSAGES:,}")
    assert trends.locator("svg path").first.bounding_box()["width"] > 40
    page.get_by_role("button", name="Take a snapshot now").click()
    expect(page.get_by_role("list").filter(has_text="A snapshot was taken in")).to_contain_text(f"messages {MESSAGES:,}")
    expect(page).to_have_url(re.compile(rf"{LIST}\w+/change/$"))
    changed = page.get_by_role("region", name="Changes since the previous snapshot")
    expect(changed.get_by_role("columnheader")).to_have_text(["Statistic", "Before", "Now", "Difference", "Percent"])
    expect(changed.get_by_role("row").nth(1)).to_be_visible()
    taken = page.url
    page.get_by_role("link", name="Earlier").click()
    expect(page).not_to_have_url(taken)
    page.get_by_role("link", name="Later").click()
    expect(page).to_have_url(taken)


def test_a_scheduled_snapshot_is_opened_from_the_list(page_for: PageFor) -> None:
    page = page_for(ADMINISTRATOR, expected=FAVICON)
    page.goto(f"{LIST}?origin__exact=schedule")
    open_newest(page)
    changed = page.get_by_role("region", name="Changes since the previous snapshot")
    expect(changed.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Messages", exact=True))).to_contain_text(
        "+"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_list_and_a_snapshots_page_are_accessible(page_for: PageFor, scheme: str, width: int) -> None:
    page = page_for(ADMINISTRATOR, expected=FAVICON, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(LIST)
    expect(page.get_by_role("region", name="The last 30 days")).to_be_visible()
    assert ours(page) == []
    open_newest(page)
    expect(page.get_by_role("region", name="Changes since the previous snapshot")).to_be_visible()
    assert ours(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_numbers_are_aligned_to_the_right(page_for: PageFor) -> None:
    page = page_for(ADMINISTRATOR, expected=FAVICON)
    page.goto(LIST)
    aligned = "(cells) => cells.map((cell) => getComputedStyle(cell).textAlign)"
    for name in ("messages", "users", "online", "rooms", "took"):
        assert set(page.locator(f"td.field-{name}").evaluate_all(aligned)) == {"right"}
        assert page.locator(f"th.column-{name} .text").evaluate_all(aligned) == ["right"]
    open_newest(page)
    cells = page.get_by_role("region", name="Changes since the previous snapshot").locator("td")
    expect(cells.first).to_be_visible()
    assert set(cells.evaluate_all(aligned)) == {"right"}
