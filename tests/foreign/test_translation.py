"""Translation of other servers' statistics documents: every era in our shape, and no document whatsoever breaks it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.foreign import meanings
from statistics_app.foreign.reported_people import ReportedPeople
from statistics_app.foreign.translation import IDENTITY_NOT_KEPT, NOT_LISTED, translate
from statistics_app.serialization import to_json
from tests.foreign.eras import ERAS, FINGERPRINT, in_2017, in_2021, in_2024, in_2025, machine


@pytest.mark.parametrize("era", ERAS)
def test_a_document_of_any_era_has_our_keys_in_our_order_and_a_reason_for_each_null(era: Callable[[], Any]) -> None:
    translation = translate(era())
    assert list(translation.document) == [statistic.key for statistic in CATALOGUE]
    nulls = {key for key, value in translation.document.items() if value is None}
    partly = {key for key, value in translation.document.items() if isinstance(value, dict) and None in value.values()}
    assert set(translation.problems) == nulls | partly
    assert all(reason.endswith(".") for reason in translation.problems.values())


@pytest.mark.parametrize("era", ERAS)
def test_nothing_that_identifies_the_server_or_a_person_is_taken(era: Callable[[], Any]) -> None:
    text = to_json(translate(era(deploymentFingerprintHash="f00", wizard={"email": "ada@example.org"})).document)
    assert not [part for part in (FINGERPRINT, "f00", "wizard", "ada@", "settings", "enterprise") if part in text]
    assert translate(era()).problems["uniqueId"] == IDENTITY_NOT_KEPT


def test_a_document_of_2017_is_read_with_its_spelling_and_without_what_was_not_counted() -> None:
    translation = translate(in_2017())
    document = translation.document
    assert (translation.identity, translation.version) == ("Q5mWk7ySx2Lr9TnBe", "0.52.0")
    assert translation.created_at == datetime(2017, 2, 6, 10, 0, 3, 411_000, tzinfo=UTC)
    assert (document["totlalLivechat"], document["totalLivechat"]) == (3, 3)
    assert (document["lastLogin"], document["installedAt"]) == ("2017-02-06T09:41:07.520Z", "2016-03-01T08:15:30.112Z")
    assert document["process"] == {"nodeVersion": "v4.7.2", "runtime": "Node.js", "pid": 1733, "uptime": 86412.337}
    assert document["os"]["uptime"] == 301221
    assert document["migration"]["lockedAt"] == "2021-06-01T06:12:00.000Z"
    assert translation.problems["totalThreads"] == "The server (version 0.52.0) did not count this."
    assert {"busyUsers", "botUsers", "teams", "uploadsTotal", "totalPinned", "deploy"} <= set(translation.problems)


def test_rooms_of_listed_teams_are_added_up() -> None:
    document = translate(in_2021()).document
    assert document["teams"] == {"totalTeams": 2, "totalRoomsInsideTeams": 10, "totalDefaultRoomsInsideTeams": 1}
    assert (document["roomsInsideTeams"], document["uploadsTotalSize"]) == (10, 28112937710)


def test_rooms_of_teams_are_unknown_if_the_list_of_teams_is_not_complete() -> None:
    translation = translate(in_2024())
    assert translation.document["teams"] == {
        "totalTeams": 9,
        "totalRoomsInsideTeams": None,
        "totalDefaultRoomsInsideTeams": None,
    }
    assert translation.problems["teams"] == NOT_LISTED
    assert translate(in_2025()).document["teams"]["totalRoomsInsideTeams"] == 31


def test_times_that_javascript_wrote_are_read_with_their_offset() -> None:
    document = translate(in_2024()).document
    assert document["lastLogin"] == "2024-01-17T11:58:40.000Z"
    assert document["lastSeenSubscription"] == "2024-01-17T11:59:59.000Z"


def test_notes_tell_what_the_numbers_of_each_era_count() -> None:
    old, later, latest = (translate(era()).notes for era in (in_2017, in_2021, in_2025))
    assert (old["totalMessages"], old["activeUsers"]) == (meanings.ALL_DOCUMENTS, meanings.ALL_ACTIVE)
    assert (later["totalMessages"], later["activeUsers"]) == (meanings.SUM_OF_COUNTERS, meanings.LOCAL_ACTIVE)
    assert later["totalChannelMessages"] == meanings.OF_COUNTERS
    assert latest["totalChannelMessages"] == latest["totalPrivateGroupMessages"] == meanings.WITHOUT_DISCUSSIONS


@pytest.mark.parametrize(("messages", "meaning"), [(47811, meanings.SUM_OF_COUNTERS), (47812, meanings.ALL_DOCUMENTS)])
def test_between_the_versions_that_are_known_the_numbers_tell_what_the_total_is(messages: int, meaning: str) -> None:
    assert translate(in_2017(version="2.4.1", totalMessages=messages)).notes["totalMessages"] == meaning


def test_people_are_reported_for_the_days_before_the_document() -> None:
    assert translate(in_2021()).people == (ReportedPeople(date(2021, 6, 9), 1, 302),)
    assert translate(in_2024()).people == (ReportedPeople(date(2024, 1, 16), 7, 455),)
    assert translate(in_2017()).people == ()


def test_a_document_of_ours_is_kept_as_it_is_but_for_the_installation() -> None:
    ours = {**translate(in_2021()).document, "botUsers": 4, "uniqueId": "x", "success": True}
    translation = translate(ours)
    assert translation.document == {**{key: value for key, value in ours.items() if key != "success"}, "uniqueId": None}
    assert translation.notes == {}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("totalUsers", "112", "The server's 'totalUsers' is not a number."),
        ("totalUsers", -1, "The server's 'totalUsers' is not a number of 0 or more."),
        ("totalUsers", True, "The server's 'totalUsers' is not a number."),
        ("totalUsers", 2.5, "The server's 'totalUsers' is not a whole number of 0 or more."),
        ("totalUsers", 1e300, "The server's 'totalUsers' is not a number of 0 or more."),
        ("totalUsers", {"$numberLong": "many"}, "The server's 'totalUsers' is not a number."),
        ("totalUsers", None, "The server (version 0.52.0) had no value for this."),
        ("lastLogin", "Invalid Date", "The server's 'lastLogin' is not a time."),
        ("lastLogin", {"$date": {"$numberLong": "253402300800000000"}}, "The server's 'lastLogin' is not a time."),
        ("lastLogin", {"$date": "0001-01-01T00:00:00Z"}, "The server's 'lastLogin' is not a plausible time."),
        ("os", "Linux", "The server's 'os' is not an object."),
        ("os", machine(freemem=None), "The server's 'os' has a 'freemem' that is not a number."),
        ("os", machine(loadavg=[1, 2]), "The server's 'os' has a 'loadavg' that is not a list of three numbers."),
        ("userLanguages", {"ada@example.org": 1}, "The server's 'userLanguages' has a key that is not a language."),
        ("migration", {"version": 3}, "The server's 'migration' has no 'locked'."),
        ("deploy", {"method": "a\0b", "platform": "x"}, "The server's 'deploy' has a 'method' that is not a text of 1 to"),
    ],
)
def test_a_value_of_the_wrong_type_is_null_with_the_reason(key: str, value: Any, reason: str) -> None:
    translation = translate(in_2017(**{key: value}))
    assert translation.document[key] is None
    assert translation.problems[key].startswith(reason)


@pytest.mark.parametrize(
    ("written", "number"),
    [(3.0, 3), ({"$numberInt": "3"}, 3), ({"$numberLong": 3}, 3), ({"$numberDouble": "3.0"}, 3), (2**63 - 1, 2**63 - 1)],
)
def test_a_number_is_read_however_it_is_written(written: Any, number: int) -> None:
    assert translate(in_2017(totalUsers=written)).document["totalUsers"] == number


@pytest.mark.parametrize(
    "written",
    [
        {"$date": "2021-06-10T11:04:00.118+0200"},
        {"$date": 1623315840118},
        {"$date": {"$numberLong": "1623315840118"}},
        1623315840118,
        "2021-06-10T09:04:00.118Z",
        datetime(2021, 6, 10, 9, 4, 0, 118_700),  # noqa: DTZ001 - as BSON is decoded
        datetime(2021, 6, 10, 9, 4, 0, 118_000, tzinfo=UTC),
    ],
)
def test_a_time_is_read_however_it_is_written(written: Any) -> None:
    assert translate(in_2021(createdAt=written)).document["createdAt"] == "2021-06-10T09:04:00.118Z"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "it is not an object"),
        ({}, "its '_id' is not an id"),
        (in_2017(_id="a/b"), "its '_id' is not an id"),
        (in_2017(_id="a" * 25), "its '_id' is not an id"),
        (in_2017(_id=None), "its '_id' is not an id"),
        (in_2017(createdAt=None), "its 'createdAt' is not a time"),
        (in_2017(createdAt={"$date": "1999-01-01T00:00:00Z"}), "there was no Rocket.Chat before 2015"),
        ({"_id": "a", "createdAt": {"$date": "2020-01-01T00:00:00Z"}, "username": "ada"}, "no number in totalUsers"),
    ],
)
def test_what_is_not_a_statistics_document_is_refused_in_a_sentence(document: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^Th.*\.$") as refusal:
        translate(document)
    assert reason in str(refusal.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["$date", "$numberLong", "$oid", "totalTeams", "data"]), inner)
    ),
    max_leaves=8,
)
KEYS = [*in_2025(), *in_2021(), "totlalLivechat"]


@settings(deadline=None)
@given(damage=st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES, max_size=6), era=st.sampled_from(ERAS))
def test_any_damage_gives_a_document_that_can_be_written_or_a_sentence(damage: dict[str, Any], era: Callable[..., Any]) -> None:
    try:
        translation = translate(era(**damage))
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = "."
        assert to_json(translation.document)
        assert all(translation.problems[key] for key, value in translation.document.items() if value is None)
    assert refusal.endswith(".")


@settings(deadline=None)
@given(document=VALUES)
def test_anything_at_all_is_refused_in_a_sentence(document: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        translate(document)
