"""Measures: values computed from one answer."""

from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from statistics_app.catalogue import measures
from statistics_app.exceptions import NotAnswered
from statistics_app.sources.base import Presence, RoomKind, Tally, UserGroup, UserType

# A different power of two for every group, so that a sum shows which groups it contains.
GROUPS = [
    UserGroup(active, presence, type_, 2**n)
    for n, (active, presence, type_) in enumerate(product([True, False], Presence, UserType))
]


@pytest.mark.parametrize("active", [None, True, False])
@pytest.mark.parametrize("presence", [None, [], [Presence.BUSY], [Presence.ONLINE, Presence.AWAY]])
@pytest.mark.parametrize("type_", [None, *UserType])
def test_accounts_that_meet_all_conditions_are_counted(
    active: bool | None, presence: list[Presence] | None, type_: UserType | None
) -> None:
    expected = 0
    for group in GROUPS:
        fits = active is None or group.active is active
        fits = fits and (presence is None or group.presence in presence)
        expected += group.count if fits and (type_ is None or group.type is type_) else 0
    assert measures.users(active=active, presence=presence, type=type_)(GROUPS) == expected


UNKNOWN = [UserGroup(True, None, None, 3), UserGroup(False, None, None, 4)]


def test_without_presence_and_types_only_measures_that_need_them_are_not_answered() -> None:
    assert measures.users()(UNKNOWN) == 7
    assert measures.users(active=False)(UNKNOWN) == 4
    with pytest.raises(NotAnswered, match="presence"):
        measures.users(presence=[Presence.OFFLINE])(UNKNOWN)
    with pytest.raises(NotAnswered, match="types"):
        measures.users(active=True, type=UserType.GUEST)(UNKNOWN)


def test_without_accounts_the_count_is_zero() -> None:
    assert measures.users()([]) == 0


def test_a_missing_kind_counts_as_zero() -> None:
    counts = {RoomKind.CHANNEL: 3, RoomKind.DIRECT: 4}
    assert measures.of_kind(RoomKind.DIRECT)(counts) == 4
    assert measures.of_kind(RoomKind.LIVECHAT)(counts) == 0
    assert measures.total(counts) == 7


def test_a_tally_has_a_count_and_an_amount() -> None:
    tally = Tally(2, 99)
    assert (measures.count(tally), measures.amount(tally)) == (2, 99)
    assert measures.teams(tally) == {"totalTeams": 2, "totalRoomsInsideTeams": 99}


def test_a_time_is_converted_to_the_wire_format_and_none_stays_none() -> None:
    assert measures.time(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-1)))) == "2026-01-01T01:00:00.000Z"
    assert measures.time(None) is None


def test_as_is_returns_the_same_object() -> None:
    answer = {"any": ["thing"]}
    assert measures.as_is(answer) is answer
