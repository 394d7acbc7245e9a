"""Comparison of two snapshots: every key once, differing keys first, and no change that looks like 0 %."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistic import Unit
from statistics_app.catalogue.statistics import BY_KEY, CATALOGUE
from statistics_app.history.metrics import GAUGES
from statistics_app.history.moments import State
from statistics_app.models import Snapshot
from statistics_app.presentation.comparison import ComparisonRow, changes_since, comparison_rows, parts_of, value_text
from tests.history.conftest import at

from .thorough import thorough

EXCLUDED = {"_id", "createdAt", "_updatedAt", "totlalLivechat", "roomsInsideTeams"}
IN_PARTS = {"os", "teams"}
NUMBERS = [metric.key for metric in GAUGES if "." not in metric.key]


def snapshot(minute: int = 0, **values: Any) -> Snapshot:
    """Return an unsaved snapshot with given values."""
    return Snapshot(created_at=at(2026, 3, 2) + timedelta(minutes=minute), body=Snapshot.body_of({"_id": "x", **values}))


def one(key: str, a: Any, b: Any) -> ComparisonRow:
    """Return the row of one key for two values."""
    rows = comparison_rows(State.of(snapshot(**{key: a})), State.of(snapshot(1, **{key: b})))
    return next(row for row in rows if row.key == key)


def by_subject() -> tuple[list[str], list[str]]:
    """Return the keys that are compared by subject and in wire order: those about the chat, and those about the machine."""
    keys: dict[str, list[str]] = {}
    for statistic in CATALOGUE:
        parts = [f"{statistic.key}.{part.path}" for part in statistic.parts]
        keys.setdefault(statistic.group, []).extend(key for key in parts or [statistic.key] if key not in EXCLUDED)
    chat = [*keys["Messages"], *keys["Users"], *keys["Rooms"], *keys["Files"], *keys["Latest activity"]]
    return chat, [*keys["Server"], *keys["Installation"]]


@thorough
@given(st.dictionaries(st.sampled_from(NUMBERS), st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_the_chat_comes_before_the_machine_what_differs_first_and_every_key_once(values: dict[str, tuple[int, int]]) -> None:
    a = snapshot(**{key: pair[0] for key, pair in values.items()})
    b = snapshot(1, **{key: pair[1] for key, pair in values.items()})
    different = {key for key, (earlier, later) in values.items() if earlier != later} - EXCLUDED
    changed = [[key for key in keys if key in different] for keys in by_subject()]
    same = [[key for key in keys if key not in different] for keys in by_subject()]
    rows = comparison_rows(State.of(a), State.of(b))
    assert [[row.key for row in part.rows] for part in parts_of(rows)] == [changed[0] + same[0], changed[1] + same[1]]
    assert [part.changed for part in parts_of(rows)] == [len(keys) for keys in changed]
    assert [[row.key for row in part.rows] for part in changes_since(a, b).parts] == [keys for keys in changed if keys]


def test_objects_with_charted_parts_appear_only_by_these_parts() -> None:
    a = snapshot(os={"freemem": 1024, "loadavg": [0.5, 1, 2], "platform": "linux"}, teams={"totalTeams": 1})
    b = snapshot(1, os={"freemem": 2048, "loadavg": [0.5, 1, 2.25], "platform": "plan9"}, teams={"totalTeams": 2})
    assert [(row.key, row.difference, row.percent) for row in changes_since(a, b).rows] == [
        ("teams.totalTeams", "+1", "+100.0 %"),
        ("os.freemem", "+1.0 KB", "+100.0 %"),
        ("os.loadavg.2", "+0.25", "+12.5 %"),
    ]
    assert not IN_PARTS & {row.key for row in comparison_rows(State.of(a), State.of(b))}


@pytest.mark.parametrize(
    ("a", "b", "difference", "percent"),
    [
        (948_495, 948_496, "+1", "+0.0001 %"),
        (948_496, 948_495, "−1", "−0.0001 %"),
        (3, 4, "+1", "+33.3 %"),
        (3, 5, "+2", "+66.7 %"),
        (100, 350, "+250", "+250.0 %"),
        (1, 2001, "+2,000", "+200,000.0 %"),
        (200, 199, "−1", "−0.50 %"),
        (9999, 10_000, "+1", "+0.010 %"),
        (1, 0, "−1", "−100.0 %"),
        (0, 1, "+1", ""),
        (5, 5, "±0", ""),
        (10**9, 10**9 + 1, "+1", "+0.0000001 %"),
        (None, 5, "", ""),
        (5, None, "", ""),
        (None, None, "", ""),
    ],
)
def test_the_difference_and_its_percentage(a: int | None, b: int | None, difference: str, percent: str) -> None:
    row = one("totalMessages", a, b)
    assert (row.difference, row.percent, row.differs) == (difference, percent, a != b)


@thorough
@given(st.integers(1, 10**15), st.integers(-(10**15), 10**15))
def test_a_percentage_is_correct_and_never_looks_like_0(a: int, more: int) -> None:
    row = one("totalMessages", a, a + more)
    if not more:
        assert row.percent == ""
        return
    number = float(row.percent.removesuffix(" %").replace("−", "-").replace(",", ""))
    assert number != 0
    percent = 100 * more / a
    assert number == pytest.approx(percent, rel=0.06 if abs(percent) >= 0.001 else 0.51, abs=0)


def test_a_value_unknown_in_one_snapshot_differs_without_a_difference() -> None:
    row = one("totalThreads", None, 0)
    assert (row.a, row.b, row.difference, row.percent, row.differs) == ("–", "0", "", "", True)


def test_times_are_in_the_active_time_zone_and_language() -> None:
    earlier, later = "2026-03-28T23:30:00.000Z", "2026-05-29T12:00:07.000Z"
    with timezone.override(ZoneInfo("Europe/Berlin")):
        row = one("lastLogin", earlier, later)
        assert (row.a, row.b, row.difference, row.percent) == ("29 Mar 2026, 00:30:00", "29 May 2026, 14:00:07", "", "")
        with translation.override("de"):
            assert one("lastLogin", earlier, later).b == "29. Mai 2026, 14:00:07"


def test_a_text_that_looks_like_a_time_stays_a_text() -> None:
    assert one("version", "2026-03-28T23:30:00.000Z", "1.2").a == "2026-03-28T23:30:00.000Z"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.TEXT, "–"),
        ("", Unit.TEXT, "–"),
        (0, Unit.USERS, "0"),
        (1234, Unit.USERS, "1,234"),
        (1536, Unit.BYTES, "1.5 KB"),
        ({"en": 3, "none": 1}, Unit.OBJECT, "en 3, none 1"),
        ({"a": [1], "b": {}, "c": None}, Unit.OBJECT, "–"),
        ({}, Unit.OBJECT, "–"),
        (None, Unit.TIME, "–"),
    ],
)
def test_any_value_of_a_document_is_formatted(value: Any, unit: Unit, text: str) -> None:
    assert value_text(value, unit) == text


PROCESS = {"runtime": "CPython", "nodeVersion": "v3.12.4", "pid": 7, "uptime": 93_784.5}
SCHEMA = {"_id": "control", "version": 7, "locked": False, "lockedAt": "2026-03-28T23:30:00.000Z"}


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("process", PROCESS, "CPython v3.12.4, id 7, up 1 day 2 h"),
        ("process", {"nodeVersion": "v20", "uptime": 0}, "v20, up 0 s"),
        ("deploy", {"method": "tar", "platform": "selfinstall"}, "tar, selfinstall"),
        ("deploy", {"method": None, "platform": "docker"}, "docker"),
        ("migration", SCHEMA, "7 migrations, up to date"),
        ("migration", {**SCHEMA, "locked": True}, "7 migrations, one is missing or running"),
        ("migration", {"_id": "control"}, "–"),
        ("userLanguages", {"en": 3, "de": 1}, "en 3, de 1"),
    ],
)
def test_objects_are_in_words(key: str, value: Any, text: str) -> None:
    assert one(key, value, None).a == text


def test_objects_whose_words_are_the_same_do_not_differ() -> None:
    assert not one("migration", SCHEMA, {**SCHEMA, "lockedAt": "2026-03-29T23:30:00.000Z"}).differs
    assert one("migration", SCHEMA, {**SCHEMA, "version": 8}).differs
    assert one("userLanguages", {"en": 3, "de": 1}, {"en": 4, "de": 1}).a == "en 3"


def test_charted_keys_are_marked_and_every_key_has_label_and_definition() -> None:
    rows = comparison_rows(State.of(snapshot()), State.of(snapshot(1)))
    assert {row.key for row in rows if row.is_charted} == {metric.key for metric in GAUGES}
    assert all(row.label and row.definition for row in rows)
    assert next(row for row in rows if row.key == "version").definition == BY_KEY["version"].definition
