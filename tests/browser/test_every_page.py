"""Requirements that every page meets: accessibility, keyboard use, phones, printing, no scripts, and failures of the server."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import PageFor
from .people import ADMINISTRATOR, MEMBER, PASSWORDS, VIEWER
from .sign_in import sign_in
from .tour import snapshot_url, wait_until_settled
from .world import World

pytestmark = pytest.mark.slow

PAGES = {
    "workspace": "/statistics/",
    "history": "/statistics/history/?range=30d&metrics=totalMessages,onlineUsers,awayUsers,os.freemem,newUsers",
    "change": "/statistics/history/?range=7d&as=change",
    "nothing chosen": "/statistics/history/?step=day",
    "activity": "/statistics/activity/?range=30d",
    "compare": "/statistics/compare/?ago=7d",
    "snapshots": "/statistics/snapshots/",
    "definitions": "/statistics/definitions/",
    "tokens": "/statistics/tokens/",
    "report": "/statistics/history/report/?range=30d&metrics=totalMessages,onlineUsers,sentMessages",
    "embed": "/statistics/history/embed/?range=30d&metrics=totalMessages,sentMessages",
    "api": "/api/v1/docs",
}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
_RECORD_LAYOUT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(page_for: PageFor, scheme: str, viewport: dict[str, int]) -> None:
    page = page_for(VIEWER, color_scheme=scheme, viewport=viewport)
    results = {}
    for name, url in {**PAGES, "one snapshot": snapshot_url(page)}.items():
        page.goto(url)
        wait_until_settled(page)
        results[name] = violations(page)
        page.evaluate("for (const part of document.querySelectorAll('main details:not(.menu)')) part.open = true")
        page.keyboard.press("?")
        results[f"{name}, with definitions and everything open"] = violations(page)
    assert {name: found for name, found in results.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_names_of_accounts_and_rooms_are_accessible_with_the_keyboard_too(page_for: PageFor, scheme: str) -> None:
    page = page_for(ADMINISTRATOR, color_scheme=scheme, viewport=PHONE)
    page.goto(PAGES["activity"])
    wait_until_settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    accounts = page.get_by_role("region", name="Most active", exact=True)
    assert accounts.get_by_role("row").count() > 1
    tab_to(page, lambda: accounts.evaluate("(region) => region === document.activeElement"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_error_pages_are_accessible(page_for: PageFor, scheme: str) -> None:
    page = page_for(VIEWER, color_scheme=scheme, expected="status of 40")
    for url in ("/statistics/snapshots/nothing/", "/statistics/nothing/", "/statistics/history/?range=never"):
        page.goto(url)
        assert violations(page) == [], url
    page = page_for(MEMBER, color_scheme=scheme, expected="status of 403")
    page.goto(PAGES["workspace"])
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_layout_does_not_shift_while_a_page_loads(page_for: PageFor, viewport: dict[str, int]) -> None:
    page = page_for(VIEWER, viewport=viewport)
    page.add_init_script(_RECORD_LAYOUT_SHIFTS)
    shifts = {}
    for name, url in {**PAGES, "one snapshot": snapshot_url(page)}.items():
        page.goto(url)
        wait_until_settled(page)
        page.wait_for_timeout(100)
        shifts[name] = page.evaluate("window.shifted")
    assert {name: shift for name, shift in shifts.items() if shift >= 0.02} == {}


def test_no_page_scrolls_sideways_on_a_phone(page_for: PageFor) -> None:
    page = page_for(VIEWER, viewport=PHONE)
    overflows = {}
    for name, url in {**PAGES, "one snapshot": snapshot_url(page)}.items():
        page.goto(url)
        wait_until_settled(page)
        overflows[name] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert set(overflows.values()) == {0}, overflows


def test_charts_keep_a_readable_height_on_a_phone(page_for: PageFor) -> None:
    page = page_for(VIEWER, viewport=PHONE)
    page.goto(PAGES["history"])
    wait_until_settled(page)
    for chart in page.locator(".area").all():
        box = chart.bounding_box()
        assert box
        assert box["height"] >= 180
        assert box["width"] >= 200


def test_the_pages_can_be_used_with_the_keyboard_only(page_for: PageFor) -> None:
    page = page_for()
    page.goto("/statistics/sign-in/")
    tab_to(page, lambda: focused(page) == "username")
    page.keyboard.type(VIEWER)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORDS[VIEWER])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Workspace", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    tab_to(page, lambda: focused(page) == "Snapshots")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Snapshots")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    second = page.locator(".list tbody a").nth(1)
    expect(second).to_be_focused()
    url = second.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(url)))
    tab_to(page, lambda: focused(page) == VIEWER)
    page.keyboard.press("Enter")
    tab_to(page, lambda: focused(page) == "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_focused_element_is_visibly_outlined(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.goto(PAGES["history"])
    wait_until_settled(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        outlined = page.evaluate(
            "(() => { const e = document.activeElement; const n = e.nextElementSibling;"
            " const seen = (x) => x && getComputedStyle(x).outlineStyle !== 'none';"
            " return e === document.body || seen(e) || (e.type === 'radio' && seen(n)); })()"
        )
        assert outlined, focused(page)


def test_all_pages_work_without_scripts(page_for: PageFor) -> None:
    page = page_for(VIEWER, java_script_enabled=False)
    page.goto(PAGES["workspace"])
    page.get_by_label("Trend").select_option("90 days")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("range=90d"))
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("A new snapshot was taken")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("checkbox", name="New users").check()
    page.get_by_text("90 d", exact=True).click()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".chart")).to_have_count(3)
    for lines in page.locator(".lines").all():
        expect(lines).to_be_visible()
    assert page.locator("#shown tbody tr").count() > 80
    page.get_by_role("link", name="Activity", exact=True).click()
    page.get_by_text("7 d", exact=True).click()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("list", name="At a glance")).to_contain_text("in the last 28 days")
    for table in page.locator("#shown details").all():
        table.locator("summary").click()
        expect(table.locator("tbody tr").first).to_be_visible()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_text("A week ago").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".differences tbody tr").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Colours")).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile("compare"))


def test_a_click_while_the_server_was_unavailable_can_be_repeated(page_for: PageFor, world: World) -> None:
    page = page_for(VIEWER, expected="ERR_CONNECTION_REFUSED|Failed to fetch")
    page.goto(PAGES["workspace"])
    numbers = page.get_by_role("list", name="Totals").inner_text()
    with world.without_web():
        page.get_by_role("button", name="Refresh").click()
        expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
        assert page.get_by_role("list", name="Totals").inner_text() == numbers
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#status")).to_contain_text("New snapshot")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_refreshing_after_the_session_has_expired_leads_to_the_sign_in_page_and_is_not_repeated(
    page_for: PageFor, world: World
) -> None:
    page = page_for()
    sign_in(page, VIEWER, world.passwords[VIEWER])
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, VIEWER, world.passwords[VIEWER])
    expect(page.get_by_role("heading", name="Workspace", exact=True)).to_be_visible()


def test_printed_pages_contain_the_numbers_without_the_buttons(page_for: PageFor) -> None:
    page = page_for(VIEWER, color_scheme="dark")
    page.goto(PAGES["workspace"])
    page.get_by_role("button", name=re.compile("^Colours")).click()
    page.emulate_media(media="print")
    expect(page.get_by_role("list", name="Totals")).to_be_visible()
    expect(page.get_by_role("button", name="Refresh")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 248)"
    page.goto(PAGES["history"])
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator("#metrics")).to_be_hidden()
    expect(page.locator("#shown tbody")).to_be_visible()


def focused(page: Page) -> str:
    """Return the name or the text of the focused element."""
    return page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


def tab_to(page: Page, is_reached: Callable[[], bool]) -> None:
    """Press Tab until the condition is true."""
    for _ in range(100):
        if is_reached():
            return
        page.keyboard.press("Tab")
    raise AssertionError(focused(page))
