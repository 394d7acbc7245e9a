"""The page of charts, in a browser."""

import json
import re
from datetime import datetime

import pytest
from playwright.sync_api import Route, expect

from .conftest import PageFor
from .history_page import box_of, first_column, opened, wait_until_settled
from .people import VIEWER
from .world import World

pytestmark = pytest.mark.slow


def test_the_shared_link_shows_the_same_elsewhere(page_for: PageFor) -> None:
    here = opened(page_for, timezone_id="Australia/Lord_Howe")
    here.reload()
    here.get_by_text("90 d", exact=True).click()
    expect(here).to_have_url(re.compile("range=90d"))
    wait_until_settled(here)
    link = here.locator("#link").get_attribute("href") or ""
    there = opened(page_for, link.removeprefix("?"), timezone_id="America/Sao_Paulo", color_scheme="dark")
    assert first_column(there) == first_column(here)
    assert there.locator("#tz").input_value() == "Australia/Lord_Howe"
    assert there.locator("#charts").get_attribute("data-times") == here.locator("#charts").get_attribute("data-times")


def test_a_drag_zooms_all_charts_and_a_double_click_goes_back(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages,totalUsers")
    before = first_column(page)
    box = box_of(page)
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile("range=custom"))
    wait_until_settled(page)
    zoomed = first_column(page)
    assert 7 <= len(zoomed) <= 9
    assert zoomed == before[before.index(zoomed[0]) : before.index(zoomed[-1]) + 1]
    assert page.locator(".chart").count() == 2
    page.locator(".area").first.dblclick()
    expect(page).to_have_url(re.compile("range=30d"))
    wait_until_settled(page)
    assert first_column(page) == before


def test_a_drag_that_ends_outside_the_chart_selects_up_to_its_end(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages,totalUsers")
    before = first_column(page)
    box = box_of(page, 1)
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 60, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile("range=custom"))
    wait_until_settled(page)
    zoomed = first_column(page)
    assert 7 <= len(zoomed) <= 9
    assert zoomed == before[: len(zoomed)]


def test_a_repeated_hour_can_be_zoomed_into(page_for: PageFor) -> None:
    page = opened(
        page_for,
        "range=custom&since=2025-10-25T22:00:00Z&until=2025-10-26T03:00:00Z&step=hour&tz=Europe/Berlin&metrics=sentMessages",
    )
    second, first = "26 Oct 2025, 02:00 CET", "26 Oct 2025, 02:00 CEST"
    assert first_column(page) == ["26 Oct 2025, 03:00", second, first, "26 Oct 2025, 01:00", "26 Oct 2025, 00:00"]
    chart = page.get_by_role("slider")
    chart.focus()
    page.keyboard.press("Home")
    said = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
        said.append((chart.get_attribute("aria-valuetext") or "").rpartition(": ")[0])
    assert said[1:3] == [first, second]
    page.keyboard.press("Enter")
    expect(page.locator("#shown tbody tr")).to_have_count(2)
    assert first_column(page) == ["26 Oct 2025, 03:00", second]


def test_all_charts_share_one_cursor(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages,totalUsers")
    box = box_of(page, 1)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
    times = page.locator(".when").all_inner_texts()
    assert times[0] == times[1] != ""
    assert datetime.strptime(times[0], "%d %b %Y")  # noqa: DTZ007 - a day in the chart's zone
    lines = page.locator(".u-cursor-x:not(.u-off)")
    assert lines.count() == 2


def test_charts_can_be_read_selected_and_zoomed_with_the_keyboard(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages")
    chart = page.get_by_role("slider")
    chart.focus()
    rows = first_column(page)
    page.keyboard.press("Home")
    assert (chart.get_attribute("aria-valuetext") or "").startswith(rows[-1])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert (chart.get_attribute("aria-valuetext") or "").startswith(rows[-3])
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("range=custom"))
    wait_until_settled(page)
    assert first_column(page) == rows[-5:-2]
    expect(page.get_by_role("slider")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page).to_have_url(re.compile("range=7d"))
    wait_until_settled(page)
    assert first_column(page) == rows


def test_gaps_are_not_drawn_and_rebuilt_values_look_different(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages,onlineUsers")
    online, totals = page.locator(".chart").all()
    assert re.search(r"Gaps: .* to .*\.", online.inner_text())
    assert online.locator("rect.gap").count() >= 1
    values = json.loads(online.get_attribute("data-values") or "")[0]
    assert values[0] is None
    assert [value for value in values if value is not None]
    assert totals.locator("rect.rebuilt").count() == 1
    assert totals.locator(".lines path").first.evaluate("(line) => getComputedStyle(line).strokeDasharray") == "none"
    expect(page.get_by_text("rebuilt from the chat's own tables")).to_be_visible()
    assert page.locator("td.rebuilt").count() > 5


def test_counts_have_bars_and_those_of_today_are_hatched_and_said(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=sentMessages,sentChannelMessages,sentDirectMessages,onlineUsers")
    online, total, parts = page.locator(".chart").all()
    assert [chart.locator(".blocks").count() for chart in (online, total, parts)] == [0, 1, 1]
    expect(online.locator(".lines")).to_be_visible()
    numbers = json.loads(parts.get_attribute("data-values") or "")
    drawn = [path.get_attribute("d") or "" for path in parts.locator(".blocks path").all()]
    assert [d.count("M") for d in drawn] == [sum(1 for number in line if number) for line in numbers]
    expect(parts.locator(".blocks")).to_be_visible()
    today, area = total.locator("rect.open").bounding_box(), total.locator(".area").bounding_box()
    assert today
    assert area
    assert today["x"] + today["width"] == pytest.approx(area["x"] + area["width"], abs=1)
    assert today["width"] == pytest.approx(area["width"] / 8, abs=1)
    expect(total.locator(".legend b")).to_have_text(re.compile(r"^\d+ so far$"))
    expect(page.get_by_text("Today is still in progress. Its bars are hatched.")).to_be_visible()


def test_a_broken_axis_is_marked_and_names_stand_once(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalUsers,sentMessages")
    users, sent = page.locator(".chart").all()
    expect(users.locator(".break")).to_be_visible()
    expect(users.get_by_text(re.compile(r"The axis begins at \d+, not at 0\."))).to_be_visible()
    expect(sent.locator(".break")).to_have_count(0)
    assert [chart.inner_text().count(name) for chart, name in ((users, "Users"), (sent, "Messages sent"))] == [1, 1]
    area, card = users.locator(".area").bounding_box(), users.bounding_box()
    assert area
    assert card
    assert card["x"] + card["width"] - area["x"] - area["width"] < 20


def test_one_point_is_visible(page_for: PageFor) -> None:
    page = opened(page_for, "range=24h&step=year&tz=UTC&metrics=totalMessages,sentMessages")
    line, bar = page.locator(".chart").all()
    dot = line.locator("path.dots")
    assert dot.evaluate("(dot) => parseFloat(getComputedStyle(dot).strokeWidth)") >= 5
    assert re.fullmatch(r"M500 [\d.]+L500 [\d.]+", dot.get_attribute("d") or "")
    assert (bar.locator(".blocks path").first.get_attribute("d") or "").count("M") == 1


def test_when_the_server_is_unavailable_the_page_is_kept_and_the_request_can_be_repeated(
    page_for: PageFor, world: World
) -> None:
    page = opened(page_for, "range=7d&metrics=totalMessages", expected="ERR_CONNECTION_REFUSED|Failed to fetch")
    with world.without_web():
        page.get_by_text("30 d", exact=True).click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The server cannot be reached")
        expect(page.locator(".chart.is-live")).to_have_count(1)
        expect(page.get_by_role("radio", name="30 d")).to_be_checked()
    alert.get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("range=30d"))
    expect(alert).to_have_count(0)


def test_after_the_session_has_expired_signing_in_returns_to_the_same_charts(page_for: PageFor, world: World) -> None:
    page = opened(page_for, "range=90d&metrics=totalMessages&step=day&tz=UTC")
    page.context.clear_cookies(name="sessionid")
    page.get_by_text("change", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Username").fill(VIEWER)
    page.get_by_label("Password").fill(world.passwords[VIEWER])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"history/\?range=90d"))
    expect(page.locator(".chart.is-live")).to_have_count(1)


def test_back_and_forward_restore_the_selection(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages")
    page.get_by_text("7 d", exact=True).click()
    expect(page).to_have_url(re.compile("range=7d"))
    wait_until_settled(page)
    page.locator("summary", has_text="Users").click()
    page.get_by_role("checkbox", name="New users").check()
    expect(page).to_have_url(re.compile("newUsers"))
    wait_until_settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile("range=7d"))
    expect(page.locator(".chart.is-live")).to_have_count(1)
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()
    expect(page.locator("[name=metrics][value=newUsers]")).not_to_be_checked()
    page.go_back()
    expect(page).to_have_url(re.compile("range=30d"))
    expect(page.get_by_role("radio", name="30 d")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()


def test_forward_before_the_scripts_run_restores_the_selection(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages")
    page.get_by_text("7 d", exact=True).click()
    expect(page).to_have_url(re.compile("range=7d"))
    wait_until_settled(page)
    held: list[Route] = []
    page.route("**/htmx*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright sets attributes of its handlers
    page.go_back(wait_until="commit")
    expect(page.get_by_role("radio", name="30 d")).to_be_checked()
    page.go_forward(wait_until="commit")
    expect(page).to_have_url(re.compile("range=7d"))
    [script] = held
    script.continue_()
    page.unroute("**/htmx*.js")
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()
    expect(page.locator(".chart.is-live")).to_have_count(1)


def test_replacing_the_line_above_the_numbers_does_not_recreate_the_charts(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages,totalUsers")
    page.evaluate("document.querySelector('.area .uplot').dataset.same = 'yes'")
    page.evaluate("htmx.trigger('#as-of', 'overdue')")
    wait_until_settled(page)
    assert page.locator(".area .uplot[data-same=yes]").count() == 1
    rows = first_column(page)
    chart = page.get_by_role("slider").first
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert (chart.get_attribute("aria-valuetext") or "").startswith(rows[-2])
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "history/?" in request.url else None)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("range=custom"))
    wait_until_settled(page)
    assert len(requests) == 1, requests
