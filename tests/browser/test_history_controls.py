"""The form and the list of metrics of the page of charts, in a browser, wide and on a phone."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from .conftest import PageFor
from .history_page import HISTORY, opened, selection, wait_until_settled
from .people import VIEWER

WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}

pytestmark = pytest.mark.slow


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


def test_another_zone_moves_the_days(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&step=day&tz=UTC&metrics=totalMessages,sentMessages")
    times = "JSON.parse(document.getElementById('charts').dataset.times)"
    in_utc = page.evaluate(times)
    assert all(second % 86400 == 0 for second in in_utc)
    page.locator("#tz").fill("Asia/Kathmandu")
    page.locator("#tz").press("Enter")
    expect(page.locator("#charts")).to_have_attribute("data-zone", "Asia/Kathmandu")
    assert all((second + 5 * 3600 + 45 * 60) % 86400 == 0 for second in page.evaluate(times))


def test_editing_a_time_selects_the_custom_range(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&step=day&tz=UTC&metrics=totalMessages")
    since = page.locator("#since").input_value()
    midnight = datetime.fromisoformat(since).date() + timedelta(days=1)
    page.locator(".dates > summary").click()
    page.locator("#until").fill(f"{midnight}T00:00")
    page.locator("#until").blur()
    expect(page.get_by_role("radio", name="From – to")).to_be_checked()
    expect(page.locator("#shown tbody tr")).to_have_count(1)
    assert selection(page)["since"] == since


def test_invalid_input_is_reported_and_can_be_corrected(page_for: PageFor) -> None:
    page = opened(page_for, "range=7d&metrics=totalMessages", expected="status of 400")
    page.locator("#tz").fill("Middle/Earth")
    page.locator("#tz").press("Enter")
    expect(page.get_by_role("heading", name="We can't show that")).to_be_visible()
    expect(page.locator("#shown")).to_contain_text(
        "“zone” must be a zone's IANA name such as Europe/Berlin, not 'Middle/Earth'."
    )
    expect(page.locator("#tz")).to_have_value("Middle/Earth")
    expect(page.locator("[aria-invalid]")).to_have_attribute("id", "tz")
    expect(page.locator("#tz")).to_have_attribute("aria-describedby", "error")
    page.locator("#tz").fill("Europe/Berlin")
    page.locator("#tz").press("Enter")
    expect(page.locator(".chart.is-live")).to_have_count(1)
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_the_form_is_one_line_above_the_charts(page_for: PageFor) -> None:
    for chosen in ("range=30d", "range=last-quarter", "range=custom&since=2026-01-01T00:00"):
        page = opened(page_for, f"{chosen}&metrics=totalMessages&tz=America/Argentina/ComodRivadavia", viewport=WIDE)
        assert height_of(page, "#history") < 1.5 * height_of(page, "#step")


def test_the_chosen_dates_are_named_on_their_menu(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages")
    dates = page.locator(".dates > summary")
    expect(dates).to_have_text("Dates")
    dates.click()
    page.get_by_role("link", name="Last month").click()
    expect(dates).to_have_text("Last month")
    page.get_by_text("7 d", exact=True).click()
    expect(page).to_have_url(re.compile("range=7d"))


def test_on_a_phone_the_forms_are_sheets_and_the_chart_is_in_the_first_screen(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages", viewport=PHONE)
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator("#metrics")).to_be_hidden()
    chart = page.locator(".area").first.bounding_box()
    assert chart
    assert chart["y"] < 0.65 * PHONE["height"]
    page.get_by_role("button", name="Time range").click()
    page.get_by_text("90 d", exact=True).click()
    expect(page).to_have_url(re.compile("range=90d"))
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#history")).to_be_hidden()
    page.get_by_role("button", name="Metrics").click()
    page.get_by_role("checkbox", name="Messages in channels", exact=True).check()
    page.keyboard.press("Escape")
    expect(page.locator("#metrics")).to_be_hidden()
    expect(page.locator(".legend")).to_contain_text("Messages in channels")
    wait_until_settled(page)
    assert selection(page)["metrics"] == "totalMessages,totalChannelMessages"


def test_the_sheets_work_without_scripts(page_for: PageFor) -> None:
    page = page_for(VIEWER, java_script_enabled=False, viewport=PHONE)
    page.goto(f"{HISTORY}?range=30d&metrics=totalMessages")
    page.get_by_role("button", name="Metrics").click()
    page.get_by_role("link", name="Messages by kind").click()
    expect(page.locator(".legend")).to_contain_text("Messages sent in channels")
    page.get_by_role("button", name="Time range").click()
    page.get_by_text("90 d", exact=True).click()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("range=90d"))


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_first_chart_is_reached_within_twelve_steps_of_the_keyboard(page_for: PageFor, viewport: ViewportSize) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages", viewport=viewport)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the charts")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.get_by_role("slider").evaluate("(chart) => chart === document.activeElement"):
            return
    pytest.fail("The chart is not reached.")


def test_a_search_opens_the_groups_of_what_it_finds_and_says_that_it_found_nothing(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages")
    expect(page.get_by_role("checkbox", name="Free memory")).to_be_hidden()
    page.get_by_label("Search the metrics").fill("memory")
    expect(page.get_by_role("checkbox", name="Free memory")).to_be_visible()
    page.get_by_label("Search the metrics").fill("weather")
    expect(page.get_by_text("No metric has this name.")).to_be_visible()
    page.get_by_label("Search the metrics").fill("")
    expect(page.get_by_text("No metric has this name.")).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Messages", exact=True)).to_be_visible()


def test_the_footer_does_not_contradict_the_zone_of_the_charts(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages&tz=Asia/Kathmandu", timezone_id="Europe/Berlin")
    page.reload()
    expect(page.locator("footer")).to_contain_text("in the time zone selected above, other times in Europe/Berlin")


def test_sets_and_periods_keep_what_was_chosen_since_the_page_was_loaded(page_for: PageFor) -> None:
    page = opened(page_for, "range=30d&metrics=totalMessages&tz=UTC")
    page.get_by_text("1 y", exact=True).click()
    expect(page).to_have_url(re.compile("range=1y"))
    page.get_by_label("step").select_option("month")
    expect(page.locator("#charts")).to_have_attribute("data-step", "month")
    wait_until_settled(page)
    page.get_by_role("link", name="Messages by kind").click()
    expect(page).to_have_url(re.compile("sentChannelMessages"))
    assert (selection(page)["range"], selection(page)["step"]) == ("1y", "month")
    page.get_by_role("checkbox", name="Messages", exact=True).check()
    expect(page.locator(".chart")).to_have_count(2)
    wait_until_settled(page)
    page.locator(".dates > summary").click()
    page.get_by_role("link", name="This year").click()
    expect(page).to_have_url(re.compile("range=this-year"))
    assert selection(page)["metrics"].startswith("totalMessages,")


def height_of(page: Page, selector: str) -> float:
    """Return the height of an element in pixels."""
    box = page.locator(selector).bounding_box()
    assert box
    return box["height"]
