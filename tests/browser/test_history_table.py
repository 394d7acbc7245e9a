"""The table below the charts, its files, and the way to snapshots, in a browser."""

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import PageFor
from .history_page import HISTORY, box_of, first_column, opened
from .people import VIEWER

pytestmark = pytest.mark.slow


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
    table = page.get_by_role("table", name=re.compile("daily, UTC"))
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
