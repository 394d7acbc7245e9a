"""The mapped source, compared with plain Python that counts the rows one by one."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from pytest_django import DjangoAssertNumQueries, Settings

from statistics_app.exceptions import NotAnswered
from statistics_app.sources.base import Presence, RoomKind, Tally, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import Table
from statsproject.chat.models import Team, Upload
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import NOON, make_messages, make_room, make_user

from .plain import Workspace, workspaces

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

QUESTIONS = (
    "users user_languages rooms messages threads discussions pinned rooms_with_pinned uploads teams "
    "last_login last_message last_seen"
).split()


def ask(question: str, source: type[MappedSource] = WorkspaceSource) -> Any:
    """Return the answer to one question, in a form that can be compared."""
    answer = getattr(source(NOON), question)()
    if question == "users":
        assert len({(group.active, group.presence, group.type) for group in answer}) == len(answer)
        return Counter({(group.active, group.presence, group.type): group.count for group in answer})
    return list(answer.items()) if question == "user_languages" else answer


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(workspace=workspaces())
def test_every_answer_equals_the_plain_count(workspace: Workspace) -> None:
    with transaction.atomic():
        workspace.store()
        assert {question: ask(question) for question in QUESTIONS} == workspace.answers()
        transaction.set_rollback(True)


MANY = Workspace(
    users=[
        (
            n % 5 != 0,
            [*Presence, "hidden"][n % 5 - n % 2],
            [*UserType][n % 4],
            ["", "en", "de"][n % 3],
            NOON + timedelta(hours=n),
        )
        for n in range(30)
    ],
    teams=4,
    rooms=[("cpdlx"[n % 5], n - 1 if n % 7 == 3 else None, n % 4 if n % 3 == 0 else None) for n in range(60)],
    messages=[
        (n * n % 60, NOON + timedelta(minutes=n * 7 % 200), n % 9 if n % 4 == 1 else None, n % 11 == 0) for n in range(200)
    ],
    subscriptions=[(n % 30, n % 60, NOON + timedelta(seconds=n) if n % 2 else None) for n in range(60)],
    uploads=[3, 2**40, 0],
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_about_many_rooms_is_right_and_needs_at_most_three_queries(
    question: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    MANY.store()
    with django_assert_max_num_queries(3):
        answer = ask(question)
    assert answer == MANY.answers()[question]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_for_an_empty_workspace(question: str) -> None:
    assert ask(question) == Workspace([], 0, [], [], [], []).answers()[question]


def test_an_unknown_presence_counts_as_offline() -> None:
    make_user(presence="hidden")
    make_user(presence="")
    assert ask("users") == {(True, "offline", "user"): 2}


def test_a_room_of_no_known_kind_and_its_messages_are_not_counted() -> None:
    secret = make_room("x", parent=make_room("d"), team=Team.objects.create())
    make_messages(secret, 3, is_pinned=True, thread_root_id="lost")
    answers = {question: ask(question) for question in QUESTIONS}
    assert answers["rooms"] == {**dict.fromkeys(RoomKind, 0), RoomKind.DIRECT: 1}
    assert set(answers["messages"].values()) == {0}
    assert (answers["threads"], answers["pinned"], answers["last_message"]) == (0, 0, None)
    assert answers["discussions"] == Tally(0, 0)
    assert answers["teams"] == Tally(1, 0)


def without(table: str, **left_out: Any) -> type[MappedSource]:
    """Return a source that omits some declarations of one table, or the whole table."""
    declared = replace(getattr(WorkspaceSource, table), **left_out) if left_out else None
    return type("LessSource", (WorkspaceSource,), {table: declared})


@pytest.mark.parametrize(
    ("source", "unanswered"),
    [
        (MappedSource, set(QUESTIONS)),
        (without("user_table"), {"users", "user_languages", "last_login"}),
        (without("user_table", language=None), {"user_languages"}),
        (without("user_table", last_login=None), {"last_login"}),
        (without("user_table", presence=None, types=None), set()),
        (
            without("room_table"),
            {"rooms", "messages", "threads", "discussions", "pinned", "rooms_with_pinned", "teams", "last_message"},
        ),
        (without("room_table", discussion=None), {"discussions"}),
        (without("room_table", team=None), {"teams"}),
        (without("message_table"), {"messages", "threads", "discussions", "pinned", "rooms_with_pinned", "last_message"}),
        (without("message_table", thread_root=None), {"threads"}),
        (without("message_table", pinned=None), {"pinned", "rooms_with_pinned"}),
        (without("subscription_table"), {"last_seen"}),
        (without("upload_table"), {"uploads"}),
        (without("team_table"), set()),
    ],
)
def test_questions_about_missing_declarations_are_not_answered_and_the_others_are(
    source: type[MappedSource], unanswered: set[str]
) -> None:
    for question in QUESTIONS:
        if question in unanswered:
            with pytest.raises(NotAnswered, match=r"^This workspace's source provides no data about .+\.$"):
                ask(question, source)
        else:
            ask(question, source)


@pytest.mark.parametrize(
    ("left_out", "group"),
    [
        ({"active": Q()}, (True, "away", "bot")),
        ({"presence": None}, (False, None, "bot")),
        ({"types": None}, (False, "away", None)),
        ({"active": Q(), "presence": None, "types": None}, (True, None, None)),
    ],
)
def test_accounts_are_counted_without_activity_presence_or_types(
    left_out: dict[str, Any], group: tuple[bool, str | None, str | None]
) -> None:
    make_user(is_active=False, presence="away", type="bot")
    assert ask("users", without("user_table", **left_out)) == {group: 1}


def test_without_declared_kinds_no_room_counts() -> None:
    make_messages(make_room(), 2)
    source = without("room_table", kinds={})
    assert set(ask("rooms", source).values()) == set(ask("messages", source).values()) == {0}
    assert (ask("threads", source), ask("last_message", source)) == (0, None)


def test_teams_without_a_table_are_those_that_rooms_refer_to() -> None:
    named, _ = Team.objects.create(name="named"), Team.objects.create(name="empty")
    make_room(team=named)
    make_room(team=named)
    assert ask("teams") == Tally(2, 2)
    assert ask("teams", without("team_table")) == Tally(1, 2)


def test_default_rooms_are_those_in_a_team_that_meet_the_condition() -> None:
    team = Team.objects.create()
    make_room(team=team, is_team_default=True)
    make_room(team=team)
    make_room(is_team_default=True)
    assert (ask("teams"), ask("default_team_rooms")) == (Tally(1, 2), 1)
    for undeclared in ({"team_default": None}, {"team": None}):
        with pytest.raises(NotAnswered):
            ask("default_team_rooms", without("room_table", **undeclared))


class NarrowSource(WorkspaceSource):
    """A source in which only some rows of each table count."""

    user_table = replace(WorkspaceSource.user_table, where=~Q(type="bot"))
    room_table = replace(WorkspaceSource.room_table, where=Q(is_archived=False))
    message_table = replace(WorkspaceSource.message_table, where=Q(edited_at=None))
    upload_table = replace(WorkspaceSource.upload_table, where=Q(room__isnull=False))
    team_table = Table(model="chat.Team", where=~Q(name=""))


def test_only_the_rows_that_count_are_counted() -> None:
    make_user(type="bot", language="en", last_login=NOON)
    kept, archived = make_room(), make_room(is_archived=True, team=Team.objects.create())
    discussion, archived_discussion = make_room(parent=kept), make_room(parent=kept, is_archived=True)
    for room, number in ((kept, 1), (archived, 2), (discussion, 4), (archived_discussion, 8)):
        make_messages(room, number)
        make_messages(room, 16, edited_at=NOON, is_pinned=True, sent_at=NOON + timedelta(days=1))
    Upload.objects.create(size=5)
    answers = {question: ask(question, NarrowSource) for question in QUESTIONS}
    assert not answers["users"] and not answers["user_languages"] and answers["last_login"] is None  # noqa: PT018
    assert (sum(answers["rooms"].values()), sum(answers["messages"].values())) == (2, 5)
    assert answers["discussions"] == Tally(1, 4)
    assert (answers["pinned"], answers["last_message"]) == (0, NOON + timedelta(minutes=3))
    assert answers["uploads"] == answers["teams"] == Tally(0, 0)


class Router:
    """A router that reads the chat's tables from another database."""

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        return "archive" if model._meta.app_label == "chat" else None


def test_the_source_uses_the_database_that_the_router_selects(settings: Settings) -> None:
    assert WorkspaceSource(NOON).using == "default"
    settings.DATABASE_ROUTERS = [Router()]
    assert WorkspaceSource(NOON).using == "archive"
