"""Cards: every statistic is on one card or excluded deliberately; percentages; CPU data of any form."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.history.metrics import GAUGES
from statistics_app.models import Snapshot
from statistics_app.presentation.cards import Cards, cards

from .thorough import thorough

# Properties of the snapshot itself, aliases, and objects that the page formats itself.
EXCLUDED = {"_id", "createdAt", "_updatedAt", "totlalLivechat", "roomsInsideTeams", "os", "process", "deploy", "migration"}
PRESENCE = ["onlineUsers", "awayUsers", "busyUsers", "offlineUsers"]
ROOMS = ["totalChannels", "totalPrivateGroups", "totalDirect", "totalLivechat"]
MESSAGES = ["totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages", "totalLivechatMessages"]


def cards_with(problems: dict[str, str] | None = None, **values: Any) -> Cards:
    """Return the cards of an unsaved snapshot with given values."""
    return cards(Snapshot(problems=problems or {}, body=Snapshot.body_of({"_id": "x", **values})))


def keys_of(result: Cards) -> list[str]:
    """Return the statistics' keys on all cards."""
    rows = [*result.users, *result.rooms, *result.server, *result.installation, *(bar.row for bar in result.presence)]
    return [row.statistic.key for row in (*rows, *(row for kind in result.kinds for row in (kind.rooms, kind.messages)))]


def test_every_statistic_is_on_one_card_or_excluded_deliberately() -> None:
    assert Counter(keys_of(cards_with())) == Counter({statistic.key for statistic in CATALOGUE} - EXCLUDED)


def test_related_statistics_are_on_one_card() -> None:
    found = cards_with()
    assert [bar.row.statistic.key for bar in found.presence] == PRESENCE
    assert [kind.rooms.statistic.key for kind in found.kinds] == ROOMS
    assert [kind.messages.statistic.key for kind in found.kinds] == MESSAGES
    assert [row.statistic.key for row in found.server] == ["instanceCount"]
    assert {"version", "lastLogin"} <= {row.statistic.key for row in found.installation}
    assert {"totalUsers", "userLanguages"} <= {row.statistic.key for row in found.users}
    assert {"totalMessages", "uploadsTotalSize", "teams"} <= {row.statistic.key for row in found.rooms}


@pytest.mark.parametrize(
    ("os", "used"),
    [
        ({"totalmem": 1000, "freemem": 400}, 600),
        ({"totalmem": 1000, "freemem": 1000}, 0),
        ({"totalmem": 1000, "freemem": 1001}, None),
        ({"totalmem": 1000}, None),
        ({"totalmem": None, "freemem": 400}, None),
        (None, None),
    ],
)
def test_the_used_memory_is_what_is_not_free(os: Any, used: int | None) -> None:
    assert cards_with(os=os).memory_used == used


@thorough
@given(st.lists(st.none() | st.integers(0, 10**15), min_size=4, max_size=4))
def test_percentages_are_relative_to_the_largest_and_unknown_counts_as_0(values: list[int | None]) -> None:
    largest = max(value or 0 for value in values)
    expected = [100 * (value or 0) / largest if largest else 0 for value in values]
    assert [bar.percent for bar in cards_with(**dict(zip(PRESENCE, values, strict=True))).presence] == expected
    kinds = cards_with(**dict(zip(MESSAGES, values, strict=True)), **dict.fromkeys(ROOMS, 7)).kinds
    assert [kind.percent for kind in kinds] == expected
    assert all(0 <= percent <= 100 for percent in expected)
    assert [bar.row.value for bar in cards_with(**dict(zip(PRESENCE, values, strict=True))).presence] == values


def test_a_value_that_an_older_version_did_not_record_is_unknown_with_the_reason() -> None:
    rows = {row.statistic.key: row for row in cards_with(totalPinned=3).rooms}
    assert (rows["totalPinned"].value, rows["totalPinned"].problem) == (3, "")
    assert rows["totalRoomsWithPinned"].value is None
    assert "version without this statistic" in rows["totalRoomsWithPinned"].problem


def test_an_unknown_value_has_its_reason() -> None:
    found = cards_with({"totalThreads": "It takes too long."}, totalThreads=None, totalRooms=0)
    rows = {row.statistic.key: row for row in found.rooms}
    assert (rows["totalThreads"].value, rows["totalThreads"].problem) == (None, "It takes too long.")
    assert (rows["totalRooms"].value, rows["totalRooms"].problem) == (0, "")


def test_rows_have_flags_for_their_formatting() -> None:
    found = cards_with(lastLogin="2026-03-02T12:00:00.500Z", uploadsTotalSize=7, userLanguages={"en": 3}, version="1")
    rows = {row.statistic.key: row for row in (*found.users, *found.rooms, *found.installation)}
    assert rows["lastLogin"].value == datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=UTC)
    assert [key for key, row in rows.items() if row.is_bytes] == ["uploadsTotalSize"]
    assert [key for key, row in rows.items() if row.is_object] == ["userLanguages"]
    assert {key for key, row in rows.items() if row.is_time} == {
        statistic.key for statistic in CATALOGUE if statistic.unit == "time"
    } - EXCLUDED
    assert {key for key, row in rows.items() if row.is_charted} == {metric.key for metric in GAUGES} & {*rows}


def test_a_core_is_busy_when_it_is_not_idle() -> None:
    times = {"user": 30, "nice": 10, "sys": 20, "idle": 40, "irq": 0}
    core = cards_with(os={"cpus": [{"model": "Z80", "speed": 4, "times": times}]}).cores[0]
    assert (core.model, core.speed, core.user, core.system, core.idle, core.busy) == ("Z80", 4, 30, 20, 40, 60)


def test_a_core_without_known_times_is_not_busy() -> None:
    for core in ({}, {"times": None}, {"times": {}}, {"times": {"user": 0, "sys": 0, "idle": 0}}, {"times": {"idle": None}}):
        assert [one.busy for one in cards_with(os={"cpus": [core]}).cores] == [0]


@pytest.mark.parametrize("os", [None, {}, {"cpus": None}, {"cpus": []}, "odd", ["odd"], {"cpus": "odd"}, {"cpus": {"a": 1}}])
def test_a_document_without_core_data_has_no_cores(os: Any) -> None:
    assert cards_with(os=os).cores == []
    assert cards_with().cores == []


NUMBERS = st.none() | st.integers(0, 10**12) | st.floats(0, 1e12)
TIMES = st.dictionaries(st.sampled_from(["user", "nice", "sys", "idle", "irq"]), NUMBERS) | st.none() | st.just("odd")
CORES = st.fixed_dictionaries({}, optional={"model": st.text(max_size=9), "speed": NUMBERS, "times": TIMES}) | st.just("odd")


@thorough
@given(st.lists(CORES, max_size=5))
def test_core_percentages_are_within_0_and_100_for_any_data(cpus: list[Any]) -> None:
    for core in cards_with(os={"cpus": cpus}).cores:
        assert all(-1e-9 <= share <= 100 + 1e-9 for share in (core.user, core.system, core.idle, core.busy))
