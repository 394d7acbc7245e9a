"""The page of charts, opened and read by the tests of its parts."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FloatRect, Page, expect

from .conftest import PageFor
from .people import VIEWER

HISTORY = "/statistics/history/"


def opened(page_for: PageFor, query: str = "", **options: Any) -> Page:
    """Return the page, opened by a user with the permission to view statistics, once its charts are interactive."""
    page = page_for(VIEWER, **options)
    page.goto(f"{HISTORY}?{query}" if query else HISTORY)
    expect(page.locator(".chart.is-live").first).to_be_visible()
    return page


def selection(page: Page) -> dict[str, str]:
    """Return the parameters in the page's URL."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def first_column(page: Page) -> list[str]:
    """Return the times of the table's rows."""
    return page.locator("#shown tbody th").all_inner_texts()


def box_of(page: Page, number: int = 0) -> FloatRect:
    """Return the box of a chart's area, which is in view."""
    area = page.locator(".area").nth(number)
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    return box


def wait_until_settled(page: Page) -> None:
    """Wait until no requests are pending."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.wait_for_load_state("networkidle")
