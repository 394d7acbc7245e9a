"""`statistics.history` and `statistics.compare`: permissions, responses, and invalid parameters."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.history.metrics import BY_KEY, METRICS
from statistics_app.models import EventCoverage
from statistics_app.serialization import wire_time
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message
from tests.api.test_schema import require_valid
from tests.conftest import Person
from tests.factories import make_room
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PATH = "statistics.history"
NOON = at(2026, 3, 10, 12)


def fetch(person: Person, path: str = PATH, **parameters: Any) -> dict[str, Any]:
    response = person.get(path, **parameters)
    assert response.status_code == 200, response.content
    return response.json()


def values(response: dict[str, Any], metric: str | None = None) -> dict[str, Any]:
    """Return the values of a metric by time."""
    [entry] = [entry for entry in response["series"] if metric in (None, entry["metric"])]
    return dict(zip(response["times"], entry["values"], strict=True))


@pytest.fixture
def history(store: Store) -> None:
    """Four days of history with a gap: snapshots on three of them, and messages on three, rebuilt for the first of those."""
    for hour in range(0, 48, 6):
        store(at(2026, 3, 10) + timedelta(hours=hour), totalMessages=100 + hour, onlineUsers=hour % 24)
    store(at(2026, 3, 13, 6), totalMessages=200, onlineUsers=1)
    room = make_room(created_at=at(2026, 3, 9))
    for day, number in ((9, 3), (10, 2), (13, 5)):
        Message.objects.bulk_create(Message(room=room, sent_at=at(2026, 3, day, 20, minute)) for minute in range(number))
    backfill_history(chat_source(NOON), at(2026, 3, 10))
    roll_up_events(chat_source(NOON), at(2026, 3, 13, 21))
    roll_up_gauges()


def test_a_gauge_has_its_aggregate_of_each_step_and_null_without_a_snapshot(viewer: Person, history: None) -> None:
    response = fetch(viewer, metrics="onlineUsers", since="2026-03-10T00:00:00Z", until="2026-03-14T00:00:00Z", step="day")
    assert response["times"] == [f"2026-03-{day}T00:00:00.000Z" for day in (10, 11, 12, 13)]
    [entry] = response["series"]
    assert (entry["aggregate"], entry["values"]) == ("average", [9, 9, None, 1])
    assert entry["certainty"] == ["measured", "measured", None, "measured"]
    assert (entry["least"], entry["greatest"]) == ([0, 0, None, 1], [18, 18, None, 1])
    assert (entry["label"], entry["unit"]) == ("Online", "users")
    total = fetch(viewer, metrics="totalMessages", since="2026-03-10T00:00:00Z", until="2026-03-12T00:00:00Z", step="day")
    assert (total["series"][0]["aggregate"], total["series"][0]["values"]) == ("last", [118, 142])
    require_valid(viewer.get(PATH, metrics="onlineUsers", since="2026-03-10T00:00:00Z", step="day"), "History")


def test_before_the_first_snapshot_a_total_is_marked_as_rebuilt(viewer: Person, history: None) -> None:
    response = fetch(viewer, metrics="totalMessages", since="2026-03-08T00:00:00Z", until="2026-03-11T00:00:00Z", step="day")
    [entry] = response["series"]
    assert entry["values"] == [None, 3, 118]
    assert entry["certainty"] == [None, "rebuilt", "measured"]


def test_an_event_is_0_where_nothing_happened_and_null_where_nothing_was_counted(viewer: Person, history: None) -> None:
    response = fetch(viewer, metrics="sentMessages", since="2026-03-08T00:00:00Z", until="2026-03-15T00:00:00Z", step="day")
    [entry] = response["series"]
    assert entry["values"] == [None, 3, 2, 0, 0, 5, None]
    assert entry["certainty"] == [None, "rebuilt", "measured", "measured", "measured", "measured", None]


def test_days_are_those_of_the_time_zone(viewer: Person, history: None) -> None:
    """20:00 UTC is on the next day in Kathmandu."""
    response = fetch(
        viewer,
        metrics="sentMessages",
        since="2026-03-09T18:15:00Z",
        until="2026-03-11T18:15:00Z",
        step="day",
        tz="Asia/Kathmandu",
    )
    assert values(response) == {"2026-03-09T18:15:00.000Z": 3, "2026-03-10T18:15:00.000Z": 2}
    assert response["tz"] == "Asia/Kathmandu"


def test_the_first_change_is_from_the_step_before_the_range(viewer: Person, history: None) -> None:
    response = fetch(
        viewer,
        metrics="totalMessages",
        since="2026-03-11T00:00:00Z",
        until="2026-03-14T00:00:00Z",
        step="day",
        **{"as": "change"},
    )
    [entry] = response["series"]
    assert entry["values"] == [24, None, None]
    assert "least" not in entry


def test_quarters_are_read_from_the_snapshots(viewer: Person, history: None) -> None:
    response = fetch(viewer, metrics="onlineUsers", since="2026-03-10T05:45:00Z", until="2026-03-10T06:30:00Z", step="15min")
    assert list(values(response).values()) == [None, 6, None]


def test_metrics_are_returned_in_the_requested_order(viewer: Person, history: None) -> None:
    response = fetch(
        viewer, metrics="sentMessages, totalMessages,sentMessages", since="2026-03-10T00:00:00Z", until="2026-03-11T00:00:00Z"
    )
    assert [entry["metric"] for entry in response["series"]] == ["sentMessages", "totalMessages"]


def test_every_metric_can_be_requested(viewer: Person, history: None) -> None:
    keys = [metric.key for metric in METRICS]
    response = fetch(viewer, metrics=",".join(keys), since="2026-03-10T00:00:00Z", until="2026-03-11T00:00:00Z")
    assert [entry["metric"] for entry in response["series"]] == keys


@time_machine.travel("2026-03-20T12:00:00Z", tick=False)
def test_the_default_is_the_last_thirty_days_of_all_messages_in_utc(viewer: Person, history: None) -> None:
    response = fetch(viewer)
    assert (response["since"], response["until"]) == ("2026-02-18T00:00:00.000Z", "2026-03-21T00:00:00.000Z")
    assert (response["step"], response["tz"], response["as"]) == ("day", "UTC", "value")
    assert [entry["metric"] for entry in response["series"]] == ["totalMessages"]


@pytest.mark.parametrize(("points", "step"), [(10, "week"), (40, "day"), (1000, "hour"), (5000, "hour")])
def test_the_step_is_the_shortest_for_the_points_and_no_shorter_than_the_interval(
    viewer: Person, points: int, step: str
) -> None:
    response = fetch(viewer, since="2026-02-01T00:00:00Z", until="2026-03-03T00:00:00Z", points=points)
    assert response["step"] == step
    assert len(response["times"]) <= points


def test_csv_and_json_lines_contain_the_same_as_json(viewer: Person, history: None) -> None:
    parameters = {
        "metrics": "totalMessages,newRooms",
        "since": "2026-03-09T00:00:00Z",
        "until": "2026-03-12T00:00:00Z",
        "step": "day",
    }
    response = fetch(viewer, **parameters)
    as_csv = viewer.get(PATH, format="csv", **parameters)
    assert as_csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "statistics_totalMessages-newRooms_2026-03-09_2026-03-11_UTC.csv"
    assert f'filename="{name}"' in as_csv.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(as_csv.streaming_content).decode())))
    as_lines = viewer.get(PATH, format="jsonl", **parameters)
    assert as_lines.headers["Content-Type"] == "application/jsonl"
    lines = [json.loads(line) for line in b"".join(as_lines.streaming_content).splitlines()]
    for metric in ("totalMessages", "newRooms"):
        expected, label = values(response, metric), BY_KEY[metric].label
        assert {line["time"]: line["values"][metric] for line in lines} == expected
        assert {row["UTC"]: int(row[label]) if row[label] else None for row in rows} == expected
    label = BY_KEY["totalMessages"].label
    assert [row[f"certainty of {label}"] for row in rows] == ["rebuilt", "measured", "measured"]
    assert [row["day in UTC"] for row in rows] == ["2026-03-09", "2026-03-10", "2026-03-11"]


@pytest.mark.parametrize(
    ("step", "since", "until", "expected"),
    [
        ("day", "2025-11-27T23:00:00Z", "2025-11-29T00:00:00Z", ["2025-11-28", "2025-11-29"]),
        (
            "hour",
            "2025-10-26T00:00:00Z",
            "2025-10-26T02:00:00Z",
            ["2025-10-26 02:00+02:00", "2025-10-26 02:00+01:00"],
        ),
        ("month", "2025-11-27T23:00:00Z", "2025-11-29T00:00:00Z", ["2025-11-01"]),
    ],
)
def test_the_first_column_of_a_csv_file_is_local(
    viewer: Person, step: str, since: str, until: str, expected: list[str]
) -> None:
    """A spreadsheet would show times in UTC as if they were local, a day too early in Berlin."""
    answer = viewer.get(PATH, format="csv", tz="Europe/Berlin", step=step, since=since, until=until)
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert [row[f"{step} in Europe/Berlin"] for row in rows] == expected
    assert "_Europe-Berlin.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"metrics": "totalMessages,weather"}, "'weather'"),
        ({"metrics": ""}, "'metrics'"),
        ({"since": "yesterday"}, "'since'"),
        ({"since": "2026-03-03T00:00:00Z", "until": "2026-03-03T00:00:00Z"}, "'since'"),
        ({"step": "fortnight"}, "'step'"),
        ({"step": "15min", "since": "2025-01-01T00:00:00Z"}, "'step'"),
        ({"points": "0"}, "'points'"),
        ({"points": "10001"}, "'points'"),
        ({"tz": "Mars/Olympus"}, "'tz'"),
        ({"tz": "../../etc/passwd"}, "'tz'"),
        ({"tz": "Europe"}, "'tz'"),
        ({"as": "percent"}, "'as'"),
        ({"format": "xml"}, "'format'"),
        ({"until": "0001-01-01T00:00:00Z"}, "'until'"),
        ({"until": "9999-12-31T23:59:59Z"}, "'until'"),
        ({"since": "1899-12-31T23:59:59Z", "until": "1901-01-01T00:00:00Z"}, "'since'"),
    ],
)
def test_an_invalid_parameter_is_named(viewer: Person, parameters: dict[str, str], name: str) -> None:
    response = viewer.get(PATH, **parameters)
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert name in response.json()["error"]


@pytest.mark.parametrize("until", ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59Z"])
@pytest.mark.parametrize("step", ["auto", "hour", "day", "week", "month", "quarter", "year"])
def test_the_first_and_last_possible_ranges_are_accepted(viewer: Person, until: str, step: str) -> None:
    response = fetch(viewer, until=until, step=step, tz="Pacific/Apia")
    assert response["until"] >= until[:-1]


@pytest.mark.parametrize("path", [PATH, "statistics.compare"])
def test_both_require_the_permission(member: Person, stranger: Person, path: str) -> None:
    assert stranger.get(path).status_code == 401
    assert member.get(path).status_code == 403


def test_an_empty_history_is_all_null(viewer: Person) -> None:
    response = fetch(viewer, metrics="totalMessages,sentMessages,onlineUsers", step="day")
    assert not EventCoverage.objects.exists()
    assert {value for entry in response["series"] for value in entry["values"]} == {None}


def test_every_key_is_compared(viewer: Person, store: Store) -> None:
    a = store(NOON, totalMessages=100, totalUsers=0, version="1", os={"freemem": 10, "loadavg": [1, 2, 3]})
    b = store(NOON + timedelta(days=1), totalMessages=150, totalUsers=4, version="2", os={"freemem": 5, "loadavg": [1, 2, 3]})
    response = fetch(viewer, "statistics.compare", a=wire_time(NOON), b=b.pk)
    assert (response["a"]["_id"], response["b"]["createdAt"]) == (a.pk, wire_time(b.created_at))
    compared = {one["key"]: one for one in response["compared"]}
    assert compared["totalMessages"] == {"key": "totalMessages", "a": 100, "b": 150, "difference": 50, "percent": 50.0}
    assert compared["totalUsers"] == {"key": "totalUsers", "a": 0, "b": 4, "difference": 4, "percent": None}
    assert compared["version"] == {"key": "version", "a": "1", "b": "2", "difference": None, "percent": None}
    assert compared["os.freemem"]["percent"] == -50.0
    assert compared["totalRooms"]["a"] is None
    require_valid(viewer.get("statistics.compare", a=a.pk, b=b.pk), "Comparison")


def test_a_moment_selects_the_latest_snapshot_up_to_then(viewer: Person, store: Store) -> None:
    early, late = store(NOON), store(NOON + timedelta(days=40))

    def compared(**moments: str) -> tuple[str, str]:
        response = fetch(viewer, "statistics.compare", **moments)
        return response["a"]["_id"], response["b"]["_id"]

    assert compared(a=wire_time(NOON + timedelta(days=39)) or "", b="now") == (early.pk, late.pk)
    with time_machine.travel(late.created_at + timedelta(hours=1), tick=False):
        assert compared() == (early.pk, late.pk)


@pytest.mark.parametrize("a", [{}, {"a": "2000-01-01T00:00:00Z"}])
def test_a_moment_of_which_nothing_is_known_is_null_with_the_reason(viewer: Person, store: Store, a: dict[str, str]) -> None:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        store(NOON, totalMessages=5)
        response = fetch(viewer, "statistics.compare", **a)
        require_valid(viewer.get("statistics.compare", **a), "Comparison")
    assert (response["a"]["_id"], response["a"]["certainty"]) == (None, None)
    assert response["a"]["problems"]["totalMessages"].startswith("No data for this time")
    assert {one["a"] for one in response["compared"]} == {None}
    if not a:
        assert response["a"]["createdAt"] == wire_time(NOON - timedelta(days=30))


@pytest.mark.parametrize("a", ["nowhen", "aaaaaaaaaaaaaaaaa"])
def test_a_moment_that_is_none_is_refused(viewer: Person, store: Store, a: str) -> None:
    store(NOON)
    response = viewer.get("statistics.compare", a=a)
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert "'a'" in response.json()["error"]


def test_a_longer_range_takes_no_more_queries(viewer: Person, history: None, django_assert_max_num_queries: Any) -> None:
    for since in ("2026-03-09T00:00:00Z", "2016-03-09T00:00:00Z"):
        with django_assert_max_num_queries(20):
            fetch(viewer, metrics="totalMessages,sentMessages,onlineUsers", since=since, until="2026-03-14T00:00:00Z")


@pytest.mark.parametrize("mode", ["value", "change"])
@pytest.mark.parametrize("step", ["15min", "hour", "month", "quarter", "year"])
def test_more_metrics_take_no_more_queries(
    viewer: Person, history: None, django_assert_max_num_queries: Any, step: str, mode: str
) -> None:
    every = ",".join(metric.key for metric in METRICS)
    # Between the values of different servers there is no change, so one more query asks whether there are several.
    with django_assert_max_num_queries(4 + 10 + (mode == "change")):
        assert viewer.get("statistics.history", metrics=every, step=step, **{"as": mode}).status_code == 200
