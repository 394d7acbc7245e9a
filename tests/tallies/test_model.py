"""After any operations on the chat in any order, every running count equals that of a model in memory."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from statistics_app.sources.base import Presence, UserType
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installed import readable_tallies
from statistics_app.tallies.installer import Installer, record
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource
from statistics_app.tallies.transactions import counting_transaction
from statsproject.chat.models import Message, Room, Team, Upload, User

from .chaos.model import Model

pytestmark = pytest.mark.django_db(transaction=True)

# Few ids, so that they are reused; rooms of the types x and y are not counted.
IDS = st.sampled_from("ABCDE")
TYPES = st.sampled_from("cpdlxy")
SELECTIONS = st.sets(st.integers(0, 30), max_size=6)
ROOTS = st.sampled_from([None, "root 1", "root 2", "root 3"])
# (room, by its number; root; is pinned).
MESSAGES = st.tuples(st.integers(0, 9), ROOTS, st.booleans())
PRESENCES = st.sampled_from([presence.value for presence in Presence])
USER_TYPES = st.sampled_from([type_.value for type_ in UserType])
LANGUAGES = st.sampled_from(["", "en", 'q"u,o', "none"])


class Chat(RuleBasedStateMachine):
    """A state machine that performs each operation on the chat's tables and on the model."""

    tallies: TallySet
    number = 0

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    @initialize(types=st.lists(TYPES, min_size=2, max_size=4), many=st.lists(MESSAGES, min_size=3, max_size=9))
    def fill(self, types: list[str], many: list[tuple[int, str | None, bool]]) -> None:
        """Empty the tables, and create some rooms with messages."""
        for model in (Message, Upload, Room, Team, User):
            model.objects.all().delete()
        for key, type_ in zip("ABCD", types, strict=False):
            self.put_room(key, type_)
        self.send(many)

    @rule(key=IDS, type_=TYPES, folding=st.booleans())
    def change_type(self, key: str, type_: str, folding: bool) -> None:
        """Change the type of a room, with or without a fold before."""
        if key in self.model.rooms:
            if folding:
                self.fold()
            self.put_room(key, type_)

    @rule(key=IDS, type_=TYPES)
    def put_room(self, key: str, type_: str) -> None:
        """Create a room, or change its type."""
        _, parent, team = self.model.rooms.get(key, (None, None, None))
        Room.objects.bulk_create(
            [Room(id=key, type=type_)], update_conflicts=True, update_fields=["type"], unique_fields=["id"]
        )
        self.model.rooms[key] = (type_, parent, team)

    @rule(key=IDS, parent=st.one_of(st.none(), IDS))
    def set_parent(self, key: str, parent: str | None) -> None:
        """Turn a room into a discussion or back; the parent need not exist."""
        if Room.objects.filter(pk=key).update(parent_id=parent):
            type_, _, team = self.model.rooms[key]
            self.model.rooms[key] = (type_, parent, team)

    @rule(key=IDS, team=st.sampled_from([None, "A", "B"]))
    def set_team(self, key: str, team: str | None) -> None:
        """Add a room to a team, which is created if needed, or remove it from its team."""
        if team and team not in self.model.teams:
            Team.objects.create(id=team)
            self.model.teams.add(team)
        if Room.objects.filter(pk=key).update(team_id=team):
            self.model.rooms[key] = (*self.model.rooms[key][:2], team)

    @rule(key=IDS, messages_first=st.booleans(), folding=st.booleans())
    def delete_room(self, key: str, messages_first: bool, folding: bool = False) -> None:
        """Delete a room and its messages, in either order, since the constraint is checked on commit."""
        if folding:
            self.fold()
        with transaction.atomic():
            inside, room = Message.objects.filter(room_id=key), Room.objects.filter(pk=key)
            for rows in [inside, room] if messages_first else [room, inside]:
                rows._raw_delete(rows.db)
        self.model.rooms.pop(key, None)
        self.model.messages = {name: message for name, message in self.model.messages.items() if message[0] != key}

    @precondition(lambda self: self.model.rooms)
    @rule(many=st.lists(MESSAGES, max_size=6))
    def send(self, many: list[tuple[int, str | None, bool]]) -> None:
        """Insert messages with one statement."""
        rooms = sorted(self.model.rooms)
        messages = {}
        for room, root, pinned in many:
            self.number += 1
            messages[f"m{self.number:03}"] = (rooms[room % len(rooms)], root, pinned)
        Message.objects.bulk_create(
            Message(id=key, room_id=room, thread_root_id=root, is_pinned=pinned)
            for key, (room, root, pinned) in messages.items()
        )
        self.model.messages |= messages

    @precondition(lambda self: self.model.rooms)
    @rule(selection=SELECTIONS, room=st.integers(0, 9))
    def move(self, selection: set[int], room: int) -> None:
        """Move messages to one room."""
        key = sorted(self.model.rooms)[room % len(self.model.rooms)]
        self.change(selection, room_id=key)

    @rule(selection=SELECTIONS, root=ROOTS, folding=st.booleans())
    def reply(self, selection: set[int], root: str | None, folding: bool) -> None:
        """Move messages to one thread, or out of their threads."""
        if folding:
            self.fold()
        self.change(selection, thread_root_id=root)

    @rule(selection=SELECTIONS, pinned=st.booleans())
    def pin(self, selection: set[int], pinned: bool) -> None:
        """Pin messages, or unpin them."""
        self.change(selection, is_pinned=pinned)

    @rule(selection=SELECTIONS, folding=st.booleans())
    def delete(self, selection: set[int], folding: bool) -> None:
        """Delete messages."""
        if folding:
            self.fold()
        keys = self.select(selection, self.model.messages)
        Message.objects.filter(pk__in=keys).delete()
        for key in keys:
            del self.model.messages[key]

    @rule(key=IDS, is_active=st.booleans(), presence=PRESENCES, type_=USER_TYPES, language=LANGUAGES)
    def put_user(self, key: str, is_active: bool, presence: str, type_: str, language: str) -> None:
        """Create an account, or change it."""
        columns = {"is_active": is_active, "presence": presence, "type": type_, "language": language}
        User.objects.update_or_create(id=key, defaults={"username": key, **columns})
        self.model.users[key] = (is_active, presence, type_, language)

    @rule(keys=st.sets(IDS, min_size=1), presence=PRESENCES)
    def set_presence(self, keys: set[str], presence: str) -> None:
        """Change the presence of several accounts with one statement."""
        User.objects.filter(pk__in=keys).update(presence=presence)
        for key in keys & set(self.model.users):
            active, _, *rest = self.model.users[key]
            self.model.users[key] = (active, presence, *rest)

    @rule(key=IDS, size=st.integers(0, 2**40))
    def upload(self, key: str, size: int) -> None:
        """Create a file, or change its size."""
        Upload.objects.update_or_create(id=key, defaults={"size": size})
        self.model.uploads[key] = size

    @rule(model=st.sampled_from([User, Upload, Team]), key=IDS)
    def remove(self, model: type[User | Upload | Team], key: str) -> None:
        """Delete an account, a file, or a team, whose rooms then have none."""
        model.objects.filter(pk=key).delete()
        if model is User:
            self.model.users.pop(key, None)
        elif model is Upload:
            self.model.uploads.pop(key, None)
        else:
            self.model.teams.discard(key)
            rooms = self.model.rooms.items()
            self.model.rooms = {room: (type_, parent, None if of == key else of) for room, (type_, parent, of) in rooms}

    @rule(scope=st.sampled_from(["messages", "everything"]))
    def empty(self, scope: str) -> None:
        """Empty tables with TRUNCATE, or on SQLite with an unconditional DELETE."""
        names = ["chat_message"] if scope == "messages" else ["chat_message", "chat_upload", "chat_subscription", "chat_room"]
        statements = {
            "postgresql": [f"TRUNCATE {', '.join(names)}"],
            "sqlite": [f"DELETE FROM {name}" for name in names],
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements[connection.vendor]:
                cursor.execute(statement)
        self.model.messages = {}
        if scope == "everything":
            self.model.rooms, self.model.uploads = {}, {}

    @rule(selection=SELECTIONS, key=IDS, type_=TYPES, rolled_back=st.booleans())
    def use_savepoint(self, selection: set[int], key: str, type_: str, rolled_back: bool) -> None:
        """Perform several operations in one transaction, and roll back to a savepoint, or everything."""
        before = deepcopy(self.model)
        with suppress(InterruptedError), transaction.atomic():
            self.put_room(key, type_)
            self.move(selection, 0)
            between = deepcopy(self.model)
            with suppress(InterruptedError), transaction.atomic():
                self.delete_room(key, messages_first=True)
                self.send([(0, "root 3", True)] if self.model.rooms else [])
                raise InterruptedError
            self.model = between
            self.put_room(key, "d")
            self.pin(selection, pinned=True)
            if rolled_back:
                raise InterruptedError
        if rolled_back:
            self.model = before

    @rule()
    def fold(self) -> None:
        """Fold the ledgers, as a worker does."""
        fold(self.tallies)

    @rule(name=st.sampled_from(Count))
    def recount(self, name: Count) -> None:
        """Recount one of the counts, as a repair does."""
        definition = self.tallies.of(name)
        assert definition is not None
        with counting_transaction(self.tallies.using, definition) as cursor:
            for statement in definition.populate:
                cursor.execute(statement)
            record(definition, cursor)

    @invariant()
    def every_answer_equals_the_models(self) -> None:
        """Require every answer to be that of the model."""
        tallied = TalliedSource(chat_source(timezone.now()))
        assert tallied.ready == set(Count)
        for question, expected in self.model.answers().items():
            answer = getattr(tallied, question)()
            assert (sorted(answer, key=repr) if isinstance(answer, list) else answer) == expected, question

    def teardown(self) -> None:
        """Require that no sum differs from a count of the rows."""
        for definition in self.tallies.definitions:
            with connection.cursor() as cursor:
                cursor.execute(definition.compare)
                assert cursor.fetchall() == []

    def change(self, selection: set[int], **column: Any) -> None:
        """Change a column of messages in the table and in the model."""
        keys = self.select(selection, self.model.messages)
        Message.objects.filter(pk__in=keys).update(**column)
        place = ("room_id", "thread_root_id", "is_pinned").index(*column)
        for key in keys:
            message = list(self.model.messages[key])
            [message[place]] = column.values()
            self.model.messages[key] = tuple(message)

    @staticmethod
    def select(selection: set[int], rows: dict[str, Any]) -> list[str]:
        """Return the keys of the rows with these numbers."""
        return [key for number, key in enumerate(sorted(rows)) if number in selection]


@pytest.fixture
def installed(transactional_db: None) -> Iterator[TallySet]:
    """Install the running counts, and remove them again if they were not installed before."""
    tallies = declared_tallies(chat_source(timezone.now()))
    before = readable_tallies(tallies)
    Installer(tallies, report=str).install()
    yield tallies
    if not before:
        Installer(tallies, report=str).uninstall()


def run(tallies: TallySet, examples: int, steps: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    machine = type("TheChat", (Chat,), {"tallies": tallies})
    options = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(machine, settings=options)


@pytest.mark.any_database
def test_every_answer_equals_the_models(installed: TallySet) -> None:
    # Without shrinking, which can take minutes; the long test shrinks.
    run(installed, examples=20, steps=35, phases=(Phase.reuse, Phase.generate))


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_every_answer_equals_the_models_after_many_operations(installed: TallySet) -> None:
    run(installed, examples=400, steps=60)
