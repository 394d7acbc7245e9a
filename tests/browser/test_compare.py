"""The comparison, the list of snapshots, and the page of a snapshot, in a browser."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from .chat import MESSAGES
from .conftest import PageFor
from .people import VIEWER

pytestmark = pytest.mark.slow

COMPARE = "/statistics/compare/"
SNAPSHOTS = "/statistics/snapshots/"


def row(page: Page, key: str) -> list[str]:
    """Return the texts in the row of a key: both values, difference and percentage."""
    cells = page.locator(".differences tbody tr").filter(has=page.locator("code", has_text=re.compile(f"^{key}$")))
    return cells.locator("td").all_inner_texts()


def test_a_preset_is_compared_immediately_with_changed_values_first(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(COMPARE)
    page.get_by_text("A week ago").click()
    expect(page).to_have_url(re.compile("ago=7d"))
    then, now, difference, percent = row(page, "totalMessages")
    assert now == f"{MESSAGES:,}"
    assert difference == f"+{MESSAGES - int(then.replace(',', ''))}"
    assert percent == f"+{100 * (MESSAGES / int(then.replace(',', '')) - 1):.1f} %"
    for table in page.locator(".differences").all():
        same = ["same" in (row.get_attribute("class") or "") for row in table.locator("tbody tr").all()]
        assert same == sorted(same)
        assert set(same) == {True, False}


def test_the_server_is_in_a_fold_that_stays_open_and_objects_are_in_words(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(f"{COMPARE}?ago=7d")
    expect(page.locator(".differences tbody th").first).to_contain_text("Messages")
    free = page.get_by_role("rowheader", name="Free memory")
    expect(free).to_be_hidden()
    page.get_by_text("Server and installation").click()
    expect(free).to_be_visible()
    page.get_by_text("A day ago").click()
    expect(page).to_have_url(re.compile("ago=1d"))
    expect(free).to_be_visible()
    assert re.fullmatch(r"\d+ migrations, up to date", row(page, "migration")[1])


def test_two_moments_can_be_picked_and_are_in_the_url(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(f"{COMPARE}?ago=7d")
    first = page.locator(".differences thead a").first
    before = first.inner_text()
    page.get_by_text("Two moments").click()
    expect(page).to_have_url(re.compile("ago=custom"))
    expect(first).to_have_text(before)
    page.get_by_label("from").fill(page.get_by_label("to").input_value())
    page.get_by_label("from").blur()
    expect(first).not_to_have_text(before)
    assert row(page, "totalMessages")[2] == "±0"
    expect(page.get_by_text("Both are the same snapshot.")).to_be_visible()
    expect(page.locator("#as-of time").first).to_have_text(page.locator(".differences thead a").nth(1).inner_text())
    url = page.url
    page.goto(url)
    assert row(page, "totalMessages")[2] == "±0"
    expect(page.get_by_role("radio", name="Two moments")).to_be_checked()


def test_editing_a_time_selects_two_moments(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(f"{COMPARE}?ago=30d")
    began = page.get_by_label("from").input_value()
    page.get_by_text("A week ago").click()
    expect(page.get_by_label("from")).not_to_have_value(began)
    page.get_by_label("from").fill(began)
    page.get_by_label("from").blur()
    expect(page.get_by_role("radio", name="Two moments")).to_be_checked()
    expect(page).to_have_url(re.compile("ago=custom"))


def test_a_rebuilt_moment_is_marked(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(f"{COMPARE}?ago=7d")
    expect(page.get_by_text("Rebuilt: before the first snapshot")).to_have_count(0)
    expect(page.get_by_role("radio", name="A year ago")).to_be_disabled()
    page.get_by_text("A month ago").click()
    expect(page).to_have_url(re.compile(r"compare/\?ago=30d$"))
    expect(page.get_by_text("Rebuilt: before the first snapshot")).to_be_visible()
    expect(page.locator("#status")).to_have_text(re.compile(r"\d+ of \d+ values differ\."))


def test_a_moment_before_all_snapshots_is_rejected_and_kept(page_for: PageFor) -> None:
    page = page_for(VIEWER, expected="status of 400")
    page.goto(f"{COMPARE}?ago=custom&a=1999-01-01T00:00:00&b=now")
    expect(page.get_by_role("alert")).to_contain_text("no data for this time")
    expect(page.get_by_label("from")).to_have_value(re.compile("1999-01-01T00:00"))


def test_a_snapshot_is_opened_from_the_list_and_shows_its_changes(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(SNAPSHOTS)
    expect(page.locator(".list tbody tr")).to_have_count(25)
    page.get_by_role("link", name="Older →").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    page.locator(".list tbody a").nth(2).click()
    expect(page.get_by_role("heading", name="Changes since the previous snapshot")).to_be_visible()
    now = page.locator(".differences thead a").nth(1).inner_text()
    page.get_by_role("link", name="← Earlier").click()
    expect(page.locator(".differences thead a").nth(1)).not_to_have_text(now)
    page.get_by_role("link", name="Later →").click()
    expect(page.locator(".differences thead a").nth(1)).to_have_text(now)


def test_the_document_is_folded_and_can_be_copied(page_for: PageFor) -> None:
    page = page_for(VIEWER, permissions=["clipboard-read", "clipboard-write"])
    page.goto(SNAPSHOTS)
    page.locator(".list tbody a").nth(3).click()
    expect(page.locator("#document")).to_be_hidden()
    page.get_by_text("The document, as returned by the API").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_have_text("Copied.")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert page.url.endswith(f"/{copied['_id']}/")


def test_a_snapshot_is_compared_with_now_from_its_page(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(SNAPSHOTS)
    page.locator(".list tbody a").nth(10).click()
    then = page.locator("#as-of time").first.inner_text()
    page.get_by_role("link", name="Compare with now").click()
    expect(page.locator(".differences thead a").first).to_have_text(then)
    assert row(page, "totalMessages")[1] == f"{MESSAGES:,}"
