"""Pictures of charts: the colours of the pages, every mark within the picture, and PNG where its package is installed."""

import importlib.util
import re
import struct
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from statistics_app.exceptions import MissingPackage
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation import pictures
from statistics_app.presentation.charts import Charts, charts
from statistics_app.presentation.pictures import COLOURS, Picture, png, svg
from statistics_app.presentation.svg_paths import stretched
from tests.services.programs import ROOT

from .svg import parsed, texts_of

STYLES = (ROOT / "statistics_app" / "static" / "statistics_app" / "statistics.css").read_text()
HAS_RESVG = importlib.util.find_spec("resvg_py") is not None
DAYS = 5


def shown(*keys: str) -> Charts:
    """Return charts of some metrics over five days, the last of which is in progress, and one of which is not known."""
    since, until = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 1 + DAYS))
    history_range = HistoryRange(since, until, Step.DAY, ZoneInfo("UTC"))
    points = [Point.measured(float(value)) for value in (10, 30, 20, 40)]
    points.insert(2, Point())
    return charts(
        dict.fromkeys((BY_KEY[key] for key in keys), points), history_range, SeriesMode.VALUE, now=until.replace(day=DAYS)
    )


def test_colours_are_those_of_the_style_sheet() -> None:
    light = STYLES[: STYLES.index("@media")]
    dark = light + STYLES[STYLES.index(':root[data-theme="dark"]') :].partition("}")[0]
    for theme, text in (("light", light), ("dark", dark)):
        last = dict(re.findall(r"--([\w-]+): (#\w+);", text))
        expected = pictures.Colours(
            *(last[name] for name in ("surface", "line", "text", "muted", "warn")), tuple(last[f"c{n}"] for n in range(1, 7))
        )
        assert COLOURS[theme] == expected


def test_each_chart_has_its_title_its_legend_and_its_ticks() -> None:
    picture = svg(Picture("light", "chat.example", shown("totalUsers", "sentMessages", "sentChannelMessages")))
    texts = texts_of(picture)
    for expected in ("Users", "Messages sent", BY_KEY["sentChannelMessages"].label, "1 Mar", "40"):
        assert expected in texts, expected
    assert any("chat.example" in text for text in texts)
    assert parsed(picture).attrib["height"] == str(pictures.height_of(2))


def test_a_text_is_a_text() -> None:
    picture = svg(Picture("light", '"><script>alert(1)</script>', shown("totalUsers")))
    assert b"<script" not in picture
    parsed(picture)


def test_paths_are_stretched_to_pixels() -> None:
    assert stretched("M0 1000L500 500L1000 0", 200, 100) == "M0 100L100 50L200 0"
    assert stretched("M50 900V100h83.5V900Z", 200, 100) == "M10 90V10h16.7V90Z"
    assert stretched("", 200, 100) == ""


def test_numbers_are_not_written_as_readers_write_them(settings: object) -> None:
    settings.LANGUAGE_CODE, settings.USE_THOUSAND_SEPARATOR = "de", True  # type: ignore[attr-defined]
    picture = Picture(
        "light",
        "chat.example",
        shown(
            *(f"sent{kind}Messages" for kind in ("", "Channel")),
            "totalUsers",
            "totalRooms",
            "os.freemem",
            "onlineUsers",
            "uploadsTotalSize",
            "totalThreads",
        ),
    )
    root = parsed(svg(picture))
    assert root.attrib["viewBox"] == f"0 0 800 {root.attrib['height']}"
    assert int(root.attrib["height"]) > 1000


@pytest.mark.skipif(not HAS_RESVG, reason="The extra `png` is not installed.")
def test_png_is_twice_as_large() -> None:
    picture = Picture("dark", "chat.example", shown("totalUsers"))
    content = png(picture)
    assert png(picture) is content
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1600, 2 * picture.height)


def test_without_its_package_there_is_no_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    pictures._has_fonts.cache_clear()
    with pytest.raises(MissingPackage, match=r"workspace-statistics\[png\]"):
        png(Picture("light", lines=["x"]))
