"""`SourceContract`: the tests that a host's source must pass, whatever is written to the chat."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle, islice, product
from random import Random
from typing import Any, ClassVar

from django.core.checks import CheckMessage
from django.db.models import Model
from django.utils import timezone

from ..exceptions import NotAnswered
from ..sources.base import ChatSource, Presence, RoomKind, UserType
from ..sources.loading import source_class
from ..sources.mapped import MappedSource
from ..sources.quarters import QUARTER
from ..sources.tables import declared_tables
from ..tallies.declared import declared_database
from . import wanted
from .chat import Chat, Row, Thing
from .comparison import Comparison
from .drawing import DAYS, Drawing, Variety
from .running_counts import installed
from .writes import Way, Writer

# The rows that are there before the writes.
_FIRST = {Thing.USER: 6, Thing.TEAM: 2, Thing.ROOM: 6, Thing.MESSAGE: 12, Thing.READ: 4, Thing.UPLOAD: 4}
# The question that the rows of a factory are for, and what declares their tables.
_QUESTIONS = {
    Thing.USER: "users",
    Thing.TEAM: "teams",
    Thing.ROOM: "rooms",
    Thing.MESSAGE: "messages",
    Thing.READ: "last_seen",
    Thing.UPLOAD: "uploads",
}
_TABLES = {
    Thing.USER: "user_table",
    Thing.TEAM: "team_table",
    Thing.ROOM: "room_table",
    Thing.MESSAGE: "message_table",
    Thing.READ: "subscription_table",
    Thing.UPLOAD: "upload_table",
}
# After so many writes, what they have recorded is folded into the sums, as a worker does.
_FOLDED = 3


class SourceContract:
    """Tests that a source answers every question exactly, live and from running counts, after random writes of every kind.

    Mix it into a class of Django's TestCase or TransactionTestCase, or mark it with `pytest.mark.django_db(transaction=True)`.
    Each `build_…` method returns an unsaved instance of the host's model that has the meaning which is asked for, or None if
    there is none. It sets every column that the source declares; what it refers to may be saved.
    """

    source: ClassVar[type[ChatSource] | None] = None
    """The source that is tested; by default, that of the settings."""
    kinds: ClassVar[Sequence[RoomKind]] = (RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP, RoomKind.DIRECT)
    """The kinds of rooms that the chat has."""
    presences: ClassVar[Sequence[Presence]] = ()
    """The presences that accounts can have."""
    types: ClassVar[Sequence[UserType]] = ()
    """The types that accounts can have."""
    languages: ClassVar[Sequence[str]] = ("", "de", "en")
    """The languages that accounts can have."""
    deactivated_users: ClassVar[bool] = True
    """Whether accounts can be deactivated."""
    uncounted: ClassVar[Collection[str]] = ()
    """The things of which some do not count, such as `message` if messages can be marked as deleted."""
    uploads_follow_messages: ClassVar[bool] = False
    """Whether a file counts only if its message does, and is in the room of its message."""
    empty_teams_count: ClassVar[bool] = True
    """Whether teams without a room count."""
    running_counts: ClassVar[bool] = True
    """Whether the answers from running counts are tested as well."""
    untested: ClassVar[Collection[str]] = ()
    """The declared models that the factories make no rows of, such as `chat.Letter`."""
    writes: ClassVar[int] = 54
    seed: ClassVar[int] = 0

    def build_user(self, user: wanted.User) -> Any:
        """Return an account."""

    def build_team(self, team: wanted.Team) -> Any:
        """Return a team."""

    def build_room(self, room: wanted.Room) -> Any:
        """Return a room, or if rooms have no table whatever `build_message` needs of it, such as the members."""

    def build_message(self, message: wanted.Message) -> Any:
        """Return a message."""

    def build_read(self, read: wanted.Read) -> Any:
        """Return a row that says when a user last read a room."""

    def build_upload(self, upload: wanted.Upload) -> Any:
        """Return a file."""

    def plain_counts(self) -> Mapping[str, Any]:
        """Return what questions must be answered with, by their names, counted in another way, such as by plain queries."""
        return {}

    @classmethod
    def setUpClass(cls) -> None:
        """Install the running counts before a TestCase opens its transaction."""
        stack = ExitStack()
        if cls.running_counts:
            stack.enter_context(installed(cls._source()))
        cls.addClassCleanup(stack.close)  # type: ignore[attr-defined] # of unittest
        super().setUpClass()  # type: ignore[misc] # likewise

    def test_the_declarations_pass_the_checks(self) -> None:
        """The system checks find no error in the declarations."""
        errors = [message for message in self._source().check() if message.is_serious()]
        if errors:
            raise AssertionError("\n".join(map(_text_of, errors)))

    def test_every_answer_is_exact_whatever_is_written(self) -> None:
        """Each answer equals what was written, before and after every random write, live and from running counts."""
        with self._installed():
            random = Random(self.seed)  # noqa: S311 - no secret
            chat = Chat(self.uploads_follow_messages)
            comparison = self._comparison(chat)
            comparison.begin()
            self._require_answers(comparison)
            writer = Writer(chat, Drawing(chat, self._variety(comparison), random), self._factories(), self._using())
            comparison.require_same("before anything is written")
            for thing, number in _FIRST.items():  # each after those that it refers to
                for _ in range(number if thing in writer.factories else 0):
                    writer.write(Way.CREATE, thing)
                self._write_what_is_missing(writer, thing)
            comparison.require_same("after the first rows")
            for number, (way, thing) in enumerate(self._ways(writer, random), 1):
                if done := writer.write(way, thing):
                    comparison.require_same(f"after the {done} (write {number} of {self.writes}, seed {self.seed})")
                if number % _FOLDED == 0:
                    comparison.fold()
            self._require_every_table(writer.written)

    def _write_what_is_missing(self, writer: Writer, thing: Thing) -> None:
        """Write a row of each declared table and of each kind of room that has none yet, since others refer to them."""
        if thing not in writer.factories:
            return
        for model in self._declared(thing):
            if model not in writer.written:
                writer.create_where(thing, partial(_is_of, model))
        for kind in self.kinds if thing is Thing.ROOM else ():
            if kind not in {room.kind for room in writer.chat.rows[thing]}:
                writer.create_where(thing, partial(_is_of_kind, kind))

    def _declared(self, thing: Thing) -> list[type[Model]]:
        """Return the models of the tables that the source declares of one kind, if it has declarations."""
        tables = declared_tables(self._source(), _TABLES[thing]) if issubclass(self._source(), MappedSource) else ()
        return [table.model_class() for table in tables]

    def _require_answers(self, comparison: Comparison) -> None:
        """Require that the source answers what the factories make rows for. Errors: AssertionError."""
        for thing in self._factories():
            question = _QUESTIONS[thing]
            if isinstance(reason := comparison.before[question], NotAnswered):
                raise AssertionError(f"build_{thing} is defined, but {question}() has no answer: {reason}")  # noqa: TRY004

    def _require_every_table(self, written: Collection[type[Model]]) -> None:
        """Require that rows were written to every declared table that has a factory. Errors: AssertionError."""
        left_out = {label.lower() for label in self.untested}
        for thing in self._factories():
            for model in self._declared(thing):
                if model._meta.label_lower not in left_out and model not in written:
                    raise AssertionError(
                        f"No row of {model._meta.label} was written, so its declaration is not tested. Let build_{thing} make "
                        "more of them, test them in a class of their own with other `kinds`, or name the model in `untested`."
                    )

    def _ways(self, writer: Writer, random: Random) -> Iterator[tuple[Way, Thing]]:
        """Yield every way of writing every thing that the host has, in a random order, again and again."""
        every = list(product(Way, writer.factories))
        random.shuffle(every)
        return islice(cycle(every), self.writes)

    def _comparison(self, chat: Chat) -> Comparison:
        now = timezone.now()
        since = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0) - timedelta(days=DAYS) - QUARTER
        return Comparison(
            chat,
            self._source(),
            since,
            plain_counts=self.plain_counts,
            empty_teams_count=self.empty_teams_count,
            running_counts=self.running_counts,
            has_presences=bool(self.presences),
            has_types=bool(self.types),
        )

    def _variety(self, comparison: Comparison) -> Variety:
        answered = {question for question, answer in comparison.before.items() if not isinstance(answer, NotAnswered)}
        return Variety(
            since=comparison.since,
            kinds=self.kinds,
            presences=self.presences,
            types=self.types,
            languages=self.languages,
            uncounted=self.uncounted,
            deactivated=self.deactivated_users,
            threads="threads" in answered,
            pinned="pinned" in answered,
            discussions="discussions" in answered,
            teams="teams" in answered,
        )

    def _factories(self) -> dict[Thing, Callable[[Any], Any]]:
        """Return the factories that the host has, each after those of what it refers to."""
        names = {thing: f"build_{thing}" for thing in Thing}
        own = {thing: name for thing, name in names.items() if getattr(type(self), name) is not getattr(SourceContract, name)}
        return {thing: getattr(self, name) for thing, name in own.items()}

    @contextmanager
    def _installed(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self.running_counts:
                stack.enter_context(installed(self._source()))
            yield

    @classmethod
    def _using(cls) -> str:
        return declared_database(cls._source()(timezone.now()))

    @classmethod
    def _source(cls) -> type[ChatSource]:
        return cls.source or source_class()


def _is_of(model: type[Model], row: Row) -> bool:
    return isinstance(row.instance, model)


def _is_of_kind(kind: RoomKind, row: Row) -> bool:
    return row.kind is kind


def _text_of(message: CheckMessage) -> str:
    return f"{message.msg} ({message.hint})"
