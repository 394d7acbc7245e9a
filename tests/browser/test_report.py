"""What leaves the page of charts on paper and as a picture: titled, light, drawn by the server, and short."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import PageFor
from .people import VIEWER

pytestmark = pytest.mark.slow

HISTORY = "/statistics/history/"
QUERY = (
    "range=30d&step=day&tz=Europe/Berlin&metrics=totalMessages,onlineUsers,sentMessages,sentChannelMessages,sentDirectMessages"
)
PHONE = {"width": 360, "height": 740}
LIGHT_BLUE, LIGHT_PAGE = "rgb(0, 114, 178)", "rgb(245, 246, 248)"
# How many pixels at the top of a picture are not of the colour in its corner.
_PIXELS_OF_THE_TITLE = """async ([encoded, height]) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + encoded)).blob());
  const pen = new OffscreenCanvas(bitmap.width, height).getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  const { data } = pen.getImageData(0, 0, bitmap.width, height);
  let number = 0;
  for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - data[0]) > 60) number += 1;
  return number;
}"""


def reported(page_for: PageFor, query: str = QUERY, **options: Any) -> Page:
    """Return the report that one click on the page of charts leads to."""
    page = page_for(VIEWER, **options)
    page.goto(f"{HISTORY}?{query}")
    page.get_by_role("link", name="Report").click()
    expect(page.get_by_role("heading", name="Report", level=1)).to_be_visible()
    return page


def test_a_report_is_titled_and_has_the_address_of_the_live_view(page_for: PageFor) -> None:
    page = reported(page_for)
    head = page.locator(".printed")
    expect(head.locator(".title")).to_have_text("Online, Messages, Messages sent, Messages sent by kind of room")
    expect(head).to_contain_text(re.compile(r"daily, Europe/Berlin"))
    expect(head).to_contain_text(re.compile(r"Workspace [\w.:]+ · made \d+ \w+ \d{4}, \d\d:\d\d CES?T"))
    live = head.get_by_role("link")
    assert (live.inner_text(), live.get_attribute("href")) == (live.get_attribute("href"), live.inner_text())
    page.goto(live.inner_text())
    expect(page.locator(".chart.is-live")).to_have_count(4)


def test_a_report_sums_up_every_line(page_for: PageFor) -> None:
    page = reported(page_for)
    rows = page.get_by_role("region", name="Numbers").get_by_role("row")
    expect(rows).to_have_count(6)
    sent = rows.filter(has=page.get_by_role("rowheader", name="Messages sent", exact=True))
    cells = sent.get_by_role("cell").all_inner_texts()
    assert re.fullmatch(r"[\d,]+", cells[0])
    assert re.fullmatch(r"[\d,.]+ \(\d+ \w+ \d{4}\)", cells[3])
    assert cells[4].endswith(" so far")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_light_and_accessible(page_for: PageFor, scheme: str) -> None:
    page = reported(page_for, color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == LIGHT_PAGE
    assert violations(page) == []


def test_each_group_of_charts_is_a_page_of_paper_and_a_report_has_up_to_three(page_for: PageFor) -> None:
    page = reported(page_for)
    heads = page.locator(".page-head")
    expect(heads).to_have_count(1)
    expect(heads).to_be_hidden()
    assert pages_of(page) == 3  # people; messages; the numbers
    page.goto(f"{HISTORY}report/?range=30d&step=day&metrics=totalMessages,sentMessages")
    assert pages_of(page) == 1
    page.goto(f"{HISTORY}report/?range=30d&step=day&metrics=totalMessages,os.freemem")
    assert pages_of(page) == 2


def pages_of(page: Page) -> int:
    """Return how many pages of paper a page is printed on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def test_a_report_of_what_cannot_be_shown_leads_to_the_page_that_says_why(page_for: PageFor) -> None:
    page = page_for(VIEWER, expected="status of 400")
    page.goto(f"{HISTORY}report/?range=7d&tz=Middle/Earth&metrics=totalUsers")
    expect(page.get_by_role("heading", name="We can't show that")).to_be_visible()


def test_charts_are_printed_as_the_server_draws_them_in_light_colours_and_titled(page_for: PageFor) -> None:
    page = page_for(VIEWER, color_scheme="dark")
    page.goto(f"{HISTORY}?{QUERY}")
    expect(page.locator(".chart.is-live")).to_have_count(4)
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    expect(page.locator(".printed .title")).to_be_visible()
    expect(page.locator(".uplot").first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.lines path')).stroke") == LIGHT_BLUE
    messages = page.locator(".chart").nth(1)
    area, line = messages.locator(".area").bounding_box(), messages.locator(".lines").bounding_box()
    assert area
    assert line
    # The line begins and ends in the middle of a column.
    assert line["width"] == pytest.approx(area["width"] * 30 / 31, rel=0.02)
    assert messages.evaluate("(chart) => getComputedStyle(chart).breakInside") == "avoid"


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["wide", "dark", "phone"])
def test_the_picture_has_a_title(page_for: PageFor, options: dict[str, Any]) -> None:
    page = page_for(VIEWER, **options)
    page.goto(f"{HISTORY}?{QUERY}")
    expect(page.locator(".chart.is-live")).to_have_count(4)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG").click()
    picture = waiting.value.path().read_bytes()
    elsewhere = page.context.new_page()
    elsewhere.goto("about:blank")
    encoded = base64.b64encode(picture).decode()
    assert elsewhere.evaluate(_PIXELS_OF_THE_TITLE, [encoded, 2 * 56 - 8]) > 500
