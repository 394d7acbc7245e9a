"""The workspace page, in a browser."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .chat import MESSAGES
from .conftest import PageFor
from .people import VIEWER
from .world import World

pytestmark = pytest.mark.slow

WORKSPACE = "/statistics/"


def opened(page_for: PageFor, **options: object) -> Page:
    """Return the page, opened by a user with the permission to view statistics."""
    page = page_for(VIEWER, **options)
    page.goto(WORKSPACE)
    return page


def shown_id(page: Page) -> str:
    """Return the ID of the snapshot that is shown, read from the URL of its download."""
    url = page.get_by_role("link", name="JSON", exact=True, include_hidden=True).get_attribute("href")
    assert url
    return url.split("/")[3]


def test_headlines_show_number_sparkline_and_change(page_for: PageFor) -> None:
    page = opened(page_for)
    messages = page.get_by_role("list", name="Totals").get_by_role("listitem").filter(has_text="Messages")
    expect(messages.get_by_role("link", name=re.compile(f"^Messages: {MESSAGES:,} ?, show history$"))).to_be_visible()
    expect(messages.locator(".spark path").first).to_have_attribute("d", re.compile(r"M\d"))
    expect(messages.locator(".change")).to_have_text(re.compile(r"^\+\d"))


def test_another_trend_is_shown_without_a_reload_and_is_in_the_url(page_for: PageFor) -> None:
    page = opened(page_for)
    page.evaluate("document.body.dataset.same = 'yes'")
    first = page.locator(".spark path").first
    before = first.get_attribute("d")
    page.get_by_label("Trend").select_option("90 days")
    expect(first).not_to_have_attribute("d", before or "")
    expect(page).to_have_url(re.compile(r"range=90d"))
    assert page.evaluate("document.body.dataset.same") == "yes"
    page.reload()
    expect(page.get_by_label("Trend")).to_have_value("90d")


def test_refresh_shows_new_numbers_without_a_reload_and_announces_them(page_for: PageFor, world: World) -> None:
    page = opened(page_for)
    page.evaluate("document.body.dataset.same = 'yes'")
    status = page.locator("#status")
    expect(status).to_have_text("")
    before = shown_id(page)
    page.get_by_text(re.compile("^2? ?cores?|cores$")).first.click()
    world.run("tests.browser.chat", "one-more")
    page.get_by_role("button", name="Refresh").click()
    expect(status).to_contain_text("New snapshot, taken in")
    expect(status).to_contain_text(f"{MESSAGES + 1:,} messages")
    expect(page.locator("#as-of")).to_contain_text("refreshed")
    expect(page.get_by_role("list", name="Totals")).to_contain_text(f"{MESSAGES + 1:,}")
    expect(page.get_by_role("button", name="Refresh")).to_be_focused()
    assert shown_id(page) != before
    assert page.evaluate("document.body.dataset.same") == "yes"
    expect(page.locator("details.cores[open]")).to_have_count(1)
    world.run("tests.browser.chat", "one-less")
    page.get_by_role("button", name="Refresh").click()
    expect(status).to_contain_text(f"{MESSAGES:,} messages")


def test_the_button_shows_progress_and_ignores_a_second_click(page_for: PageFor) -> None:
    page = opened(page_for)
    button = page.get_by_role("button", name="Refresh")
    waiting: list[Route] = []
    page.route("**/refresh/", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright sets an attribute on the handler
    button.click()
    expect(page.locator("form.htmx-request")).to_have_count(1)
    button.click()
    page.wait_for_timeout(50)
    [route] = waiting
    route.continue_()
    expect(page.locator("form.htmx-request")).to_have_count(0)
    expect(page.locator("#status")).to_contain_text("New snapshot")


def test_every_number_links_to_its_history(page_for: PageFor) -> None:
    page = opened(page_for)
    page.get_by_role("link", name=re.compile(r"^Away: \d+ ?, show history$")).click()
    expect(page).to_have_url(re.compile(r"history/\?metrics=awayUsers$"))
    expect(page.locator(".chart h2")).to_have_text("Away")


def test_numbers_that_are_links_look_alike(page_for: PageFor) -> None:
    page = opened(page_for)
    looks = page.evaluate(
        "[...document.querySelectorAll('#numbers a[href*=metrics]')].filter((a) => !a.querySelector('.entry')).map((a) => {"
        " const { color, textDecorationLine, textDecorationColor, textDecorationThickness } = getComputedStyle(a);"
        " return [color, textDecorationLine, textDecorationColor, textDecorationThickness].join(); })"
    )
    assert len(looks) > 30
    assert len(set(looks)) == 1


def test_definitions_are_shown_by_mouse_keyboard_and_question_mark(page_for: PageFor) -> None:
    page = opened(page_for)
    row = page.locator(".row").filter(has=page.get_by_text("Away", exact=True))
    definition = page.get_by_text("Accounts whose presence is away.")
    expect(definition).to_be_hidden()
    row.hover()
    expect(definition).to_be_visible()
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()
    page.mouse.move(0, 0)
    row.get_by_role("link").focus()
    expect(definition).to_be_visible()
    assert row.get_by_role("link").get_attribute("aria-describedby") == definition.get_attribute("id")
    page.get_by_role("heading", level=1).click()
    expect(definition).to_be_hidden()
    page.keyboard.press("?")
    expect(definition).to_be_visible()
    expect(page.get_by_text("Guest accounts that are not deactivated.")).to_be_visible()
    page.get_by_role("button", name="Show or hide the definitions").click()
    expect(definition).to_be_hidden()
    page.keyboard.press("?")
    expect(definition).to_be_visible()
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()


def test_the_age_is_updated_in_place(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    page.clock.install()
    page.goto(WORKSPACE)
    age = page.locator("#as-of strong").first
    before = age.inner_text()
    page.clock.run_for(20 * 60 * 1000)
    expect(age).not_to_have_text(before)
    expect(age).to_have_text(re.compile(r"(2\d|3\d|4\d) min|h"))


def test_a_snapshot_that_becomes_overdue_while_the_page_is_open_is_reported(page_for: PageFor, world: World) -> None:
    page = page_for(VIEWER)
    page.clock.install()
    page.goto(WORKSPACE)
    page.get_by_role("button", name="Refresh").click()
    line = page.locator("#as-of")
    expect(line).to_contain_text("refreshed")
    expect(line).not_to_have_class(re.compile("overdue"))
    world.run("tests.browser.past", "hours-ago")
    page.clock.fast_forward(70 * 60 * 1000)
    expect(line).to_have_class(re.compile("overdue"))
    expect(line).to_contain_text("A newer snapshot is overdue")
    expect(line).to_contain_text("No Celery worker answers.")
    expect(page.locator("#status")).to_contain_text("A newer snapshot is overdue.")
    expect(line.get_by_text("celery --app statsproject worker")).to_be_visible()
    page.get_by_role("button", name="Refresh").click()
    expect(line).not_to_have_class(re.compile("overdue"))


def test_the_colours_follow_the_system_until_the_reader_chooses(page_for: PageFor) -> None:
    page = opened(page_for, color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    switch = page.get_by_role("button", name=re.compile("^Colours"))
    switch.click()  # from the system's mode, which is dark, to dark mode
    assert page.evaluate(background) == dark
    switch.click()
    light = page.evaluate(background)
    assert light != dark
    page.reload()
    assert page.evaluate(background) == light
    switch.click()
    assert page.evaluate(background) == dark


def test_times_are_in_the_readers_zone_with_utc_as_tooltip(page_for: PageFor) -> None:
    zones = {}
    for zone in ("UTC", "Australia/Lord_Howe"):
        page = opened(page_for, timezone_id=zone)
        page.reload()
        taken = page.locator("#as-of time").first
        zones[zone] = taken.inner_text()
        assert (taken.get_attribute("title") or "").endswith(" UTC")
        expect(page.get_by_role("contentinfo")).to_contain_text(zone)
    assert zones["UTC"] != zones["Australia/Lord_Howe"]
