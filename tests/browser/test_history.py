"""The page of charts, in a browser."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import FloatRect, Page, Route, expect

from .conftest import PageFor
from .people import VIEWER
from .world import World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

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


def test_a_metric_is_found_by_search_and_picked_by_its_name(page_for: PageFor) -> None:
    page = opened(page_for)
    assert page.locator(".chart").count() == 2
    page.get_by_label("Search the metrics").fill("pri mess")
    expect(page.locator("#metrics .pick:visible")).to_have_count(3)  # the total, messages sent, and removed
    page.get_by_role("checkbox", name="Messages in private groups", exact=True).check()
    expect(page.locator(".legend")).to_have_text(
        [re.compile(r"^last of each"), re.compile("^Messages.*Messages in private groups")]
    )
    assert selection(page)["metrics"].split(",") == ["totalUsers", "totalMessages", "totalPrivateGroupMessages"]
    page.get_by_label("Search the metrics").fill("")
    page.get_by_role("checkbox", name="Users", exact=True).uncheck()
    expect(page.locator(".chart")).to_have_count(1)


def test_without_metrics_the_page_explains_itself(page_for: PageFor) -> None:
    page = opened(page_for, "metrics=totalUsers")
    page.get_by_role("checkbox", name="Users", exact=True).uncheck()
    expect(page.get_by_role("heading", name="No metric is selected")).to_be_visible()


def test_range_step_and_change_are_applied_immediately_and_are_in_the_url(page_for: PageFor) -> None:
    page = opened(page_for)
    page.get_by_text("7 d", exact=True).click()
    expect(page.locator("#charts")).to_have_attribute("data-step", "hour")
    page.get_by_label("step").select_option("day")
    expect(page.locator("#charts")).to_have_attribute("data-step", "day")
    page.get_by_text("change", exact=True).click()
    expect(page.locator(".chart").first).to_contain_text("Users, change per day")
    wait_until_settled(page)
    assert selection(page) | {"tz": ""} == {
        "metrics": "totalUsers,totalMessages",
        "range": "7d",
        "step": "day",
        "as": "change",
        "tz": "",
    }


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


def test_another_zone_moves_the_days(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages,sentMessages")
    times = "JSON.parse(document.getElementById('charts').dataset.times)"
    in_utc = page.evaluate(times)
    assert all(second % 86400 == 0 for second in in_utc)
    page.locator("#tz").fill("Asia/Kathmandu")
    page.locator("#tz").press("Enter")
    expect(page.locator("#charts")).to_have_attribute("data-zone", "Asia/Kathmandu")
    assert all((second + 5 * 3600 + 45 * 60) % 86400 == 0 for second in page.evaluate(times))


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
    assert first_column(page) == ["26 Oct 2025, 03:00", second, first, "26 Oct 2025, 01:00", "26 Oct 2025"]
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


@pytest.mark.parametrize(("step", "name"), [("week", "Week of "), ("month", ""), ("quarter", "Q"), ("year", "20")])
def test_the_cursor_and_the_table_name_steps_alike(page_for: PageFor, step: str, name: str) -> None:
    page = opened(page_for, f"range=1y&step={step}&tz=Asia/Kathmandu&metrics=totalMessages")
    chart = page.get_by_role("slider")
    chart.focus()
    page.keyboard.press("Home")
    first = first_column(page)[-1]
    assert first.startswith(name)
    assert (chart.get_attribute("aria-valuetext") or "").startswith(f"{first}: ")


def test_the_table_is_sorted_and_summed_up_without_scripts_and_not_cut(page_for: PageFor) -> None:
    page = page_for(VIEWER, java_script_enabled=False)
    page.goto(f"{HISTORY}?range=90d&step=day&tz=UTC&metrics=totalMessages,sentMessages")
    table = page.get_by_role("table", name=re.compile("by the day, UTC"))
    expect(table.locator("thead th").first).to_have_attribute("aria-sort", "descending")
    table.get_by_role("link", name="Messages sent").click()
    expect(table.locator("thead th").nth(2)).to_have_attribute("aria-sort", "descending")
    sent = [int(text.replace(",", "")) for text in table.locator("tbody td:last-child").all_inner_texts() if text != "–"]
    assert sent == sorted(sent, reverse=True)
    assert len(sent) > 20
    total, average = table.locator("tfoot tr").all()
    expect(total.get_by_role("cell")).to_have_text(["–", f"{sum(sent):,}"])
    expect(average.get_by_role("rowheader")).to_have_text("Average, without the one in progress")
    assert page.get_by_role("region", name="Values by time").evaluate("(e) => e.scrollHeight <= e.clientHeight + 1")


def test_a_point_and_a_row_lead_to_their_snapshot(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages")
    row = page.locator("#shown tbody th a").nth(1)
    day = row.inner_text()
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{datetime.strptime(day, '%d %b %Y'):%-d %B %Y}")  # noqa: DTZ007
    snapshot = page.url
    page.go_back()
    expect(page.locator(".chart.is-live")).to_have_count(1)
    box = box_of(page)
    page.mouse.click(box["x"] + box["width"] * 6.5 / 8, box["y"] + 50)
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 60)
    point = page.locator(".when a")
    expect(point).to_have_text(day)
    point.click()
    expect(page).to_have_url(snapshot)
    page.go_back()
    expect(page.locator(".chart.is-live")).to_have_count(1)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("s")
    expect(page).to_have_url(snapshot)


def test_one_point_is_visible(page_for: PageFor) -> None:
    page = opened(page_for, "range=24h&step=year&tz=UTC&metrics=totalMessages,sentMessages")
    line, bar = page.locator(".chart").all()
    dot = line.locator("path.dots")
    assert dot.evaluate("(dot) => parseFloat(getComputedStyle(dot).strokeWidth)") >= 5
    assert re.fullmatch(r"M500 [\d.]+L500 [\d.]+", dot.get_attribute("d") or "")
    assert (bar.locator(".blocks path").first.get_attribute("d") or "").count("M") == 1


def test_the_csv_file_contains_the_shown_values(page_for: PageFor, tmp_path: Path) -> None:
    page = opened(page_for, "range=7d&step=day&tz=Asia/Kathmandu&metrics=totalMessages,sentMessages")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert re.fullmatch(r"statistics_totalMessages-sentMessages_[-0-9]{10}_[-0-9]{10}_Asia-Kathmandu\.csv", saved.name)
    rows = list(csv.DictReader(io.StringIO(saved.read_text())))
    seen = [cell.replace(",", "").replace("–", "") for cell in page.locator("#shown tbody td:first-of-type").all_inner_texts()]
    assert [row["Messages"] for row in reversed(rows)] == seen
    assert {row["UTC"][11:16] for row in rows} == {"18:15"}


def test_the_json_file_contains_the_shown_values(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="JSON").click()
    content = json.loads(waiting.value.path().read_text())
    assert content["series"][0]["values"] == json.loads(page.locator(".chart").get_attribute("data-values") or "")[0]


def test_the_picture_shows_the_charts(page_for: PageFor) -> None:
    page = opened(page_for)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG").click()
    assert waiting.value.suggested_filename == "statistics-history.png"
    picture = waiting.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000


def test_editing_a_time_selects_the_custom_range(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages")
    since = page.locator("#since").input_value()
    midnight = datetime.fromisoformat(since).date() + timedelta(days=1)
    page.locator("#until").fill(f"{midnight}T00:00")
    page.locator("#until").blur()
    expect(page.get_by_role("radio", name="From – to")).to_be_checked()
    expect(page.locator("#shown tbody tr")).to_have_count(1)
    assert selection(page)["since"] == since


def test_invalid_input_is_reported_and_can_be_corrected(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&metrics=totalMessages", expected="status of 400")
    page.locator("#tz").fill("Middle/Earth")
    page.locator("#tz").press("Enter")
    expect(page.get_by_role("heading", name="This selection cannot be shown")).to_be_visible()
    expect(page.locator("#shown")).to_contain_text(
        "“zone” must be a zone's IANA name such as Europe/Berlin, not 'Middle/Earth'."
    )
    expect(page.locator("#tz")).to_have_value("Middle/Earth")
    page.locator("#tz").fill("Europe/Berlin")
    page.locator("#tz").press("Enter")
    expect(page.locator(".chart.is-live")).to_have_count(1)


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
    page.get_by_role("checkbox", name="New users").check()
    expect(page).to_have_url(re.compile("newUsers"))
    wait_until_settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile("range=7d"))
    expect(page.locator(".chart.is-live")).to_have_count(1)
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()
    expect(page.get_by_role("checkbox", name="New users")).not_to_be_checked()
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
