"""Cards: every statistic on one of them or left out on purpose, shares of the greatest, and machines of any kind."""

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

# Of the snapshot itself, twice in the document, or drawn by the page in a way of its own.
LEFT_OUT = {"_id", "createdAt", "_updatedAt", "totlalLivechat", "os", "process", "deploy", "migration"}
PRESENCE = ["onlineUsers", "awayUsers", "busyUsers", "offlineUsers"]
ROOMS = ["totalChannels", "totalPrivateGroups", "totalDirect", "totalLivechat"]
MESSAGES = ["totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages", "totalLivechatMessages"]


def made(problems: dict[str, str] | None = None, **values: Any) -> Cards:
    """Make the cards of a snapshot that is not stored."""
    return cards(Snapshot(problems=problems or {}, body=Snapshot.body_of({"_id": "x", **values})))


def keys(found: Cards) -> list[str]:
    """List the keys of all cards."""
    rows = [*found.users, *found.rooms, *found.server, *found.installation, *(bar.row for bar in found.presence)]
    return [row.statistic.key for row in (*rows, *(row for kind in found.kinds for row in (kind.rooms, kind.messages)))]


def test_every_statistic_is_on_one_card_or_left_out_on_purpose() -> None:
    assert Counter(keys(made())) == Counter({statistic.key for statistic in CATALOGUE} - LEFT_OUT)


def test_what_belongs_together_is_on_one_card() -> None:
    found = made()
    assert [bar.row.statistic.key for bar in found.presence] == PRESENCE
    assert [kind.rooms.statistic.key for kind in found.kinds] == ROOMS
    assert [kind.messages.statistic.key for kind in found.kinds] == MESSAGES
    assert [row.statistic.key for row in found.server] == ["instanceCount"]
    assert {"version", "lastLogin"} <= {row.statistic.key for row in found.installation}
    assert {"totalUsers", "userLanguages"} <= {row.statistic.key for row in found.users}
    assert {"totalMessages", "uploadsTotalSize", "teams"} <= {row.statistic.key for row in found.rooms}


@thorough
@given(st.lists(st.none() | st.integers(0, 10**15), min_size=4, max_size=4))
def test_shares_are_of_the_greatest_and_what_is_unknown_is_nothing(values: list[int | None]) -> None:
    greatest = max(value or 0 for value in values)
    expected = [100 * (value or 0) / greatest if greatest else 0 for value in values]
    assert [bar.percent for bar in made(**dict(zip(PRESENCE, values, strict=True))).presence] == expected
    kinds = made(**dict(zip(MESSAGES, values, strict=True)), **dict.fromkeys(ROOMS, 7)).kinds
    assert [kind.percent for kind in kinds] == expected
    assert all(0 <= percent <= 100 for percent in expected)
    assert [bar.row.value for bar in made(**dict(zip(PRESENCE, values, strict=True))).presence] == values


def test_what_is_unknown_has_its_reason() -> None:
    found = made({"totalThreads": "It takes too long."}, totalThreads=None, totalRooms=0)
    rows = {row.statistic.key: row for row in found.rooms}
    assert (rows["totalThreads"].value, rows["totalThreads"].problem) == (None, "It takes too long.")
    assert (rows["totalRooms"].value, rows["totalRooms"].problem) == (0, "")


def test_rows_know_how_they_are_shown() -> None:
    found = made(lastLogin="2026-03-02T12:00:00.500Z", uploadsTotalSize=7, userLanguages={"en": 3}, version="1")
    rows = {row.statistic.key: row for row in (*found.users, *found.rooms, *found.installation)}
    assert rows["lastLogin"].value == datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=UTC)
    assert [key for key, row in rows.items() if row.is_bytes] == ["uploadsTotalSize"]
    assert [key for key, row in rows.items() if row.is_object] == ["userLanguages"]
    assert {key for key, row in rows.items() if row.is_time} == {
        statistic.key for statistic in CATALOGUE if statistic.unit == "time"
    } - LEFT_OUT
    assert {key for key, row in rows.items() if row.is_charted} == {metric.key for metric in GAUGES} & {*rows}


def test_a_core_is_busy_with_what_it_is_not_idle() -> None:
    times = {"user": 30, "nice": 10, "sys": 20, "idle": 40, "irq": 0}
    core = made(os={"cpus": [{"model": "Z80", "speed": 4, "times": times}]}).cores[0]
    assert (core.model, core.speed, core.user, core.system, core.idle, core.busy) == ("Z80", 4, 30, 20, 40, 60)


def test_a_core_of_which_no_times_are_known_is_not_called_busy() -> None:
    for core in ({}, {"times": None}, {"times": {}}, {"times": {"user": 0, "sys": 0, "idle": 0}}, {"times": {"idle": None}}):
        assert [one.busy for one in made(os={"cpus": [core]}).cores] == [0]


@pytest.mark.parametrize("os", [None, {}, {"cpus": None}, {"cpus": []}, "odd", ["odd"], {"cpus": "odd"}, {"cpus": {"a": 1}}])
def test_a_machine_that_says_nothing_of_cores_has_none(os: Any) -> None:
    assert made(os=os).cores == []
    assert made().cores == []


NUMBERS = st.none() | st.integers(0, 10**12) | st.floats(0, 1e12)
TIMES = st.dictionaries(st.sampled_from(["user", "nice", "sys", "idle", "irq"]), NUMBERS) | st.none() | st.just("odd")
CORES = st.fixed_dictionaries({}, optional={"model": st.text(max_size=9), "speed": NUMBERS, "times": TIMES}) | st.just("odd")


@thorough
@given(st.lists(CORES, max_size=5))
def test_whatever_cores_say_their_shares_are_percents(cpus: list[Any]) -> None:
    for core in made(os={"cpus": cpus}).cores:
        assert all(-1e-9 <= share <= 100 + 1e-9 for share in (core.user, core.system, core.idle, core.busy))
