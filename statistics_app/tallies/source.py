"""A source that reads tallies where they are installed, and calls the host's own source for everything else."""

from copy import copy
from datetime import datetime
from functools import cached_property

from django.db import connections, router

from ..conf import COUNTED_LIVE, setting
from ..models import Snapshot
from ..models.snapshot import Counting
from ..sources.base import ChatSource, RoomCount, RoomKind, RoomUse, Tally, UserGroup
from ..sources.loading import chat_source
from ..sources.mapped import MappedSource
from ..sources.reported import ReportedStatistics
from ..sources.tables import Table
from .declared import TallySet, declared_tallies
from .installed import tally_defects
from .overrides import records_events
from .reader import TalliedCounting


def tallied_source(at: datetime) -> "TalliedSource":
    """Return the host's source for one point in time, with running counts where there are any."""
    return TalliedSource(chat_source(at))


def tallies_in_use(source: ChatSource) -> TallySet:
    """Return the definitions for a source and its database; none if the setting COUNTING is `live`."""
    tallies = declared_tallies(source)
    return TallySet(tallies.using) if setting("COUNTING") == COUNTED_LIVE else tallies


def tallies_of_events(source: ChatSource) -> TallySet:
    """Return the definitions whose triggers record the events of a source; none if the host counts events in its own way."""
    tallies = tallies_in_use(source)
    return tallies if records_events(type(source)) else TallySet(tallies.using)


class TalliedSource:
    """The same answers as those of the live source, at a cost that does not grow with the tables.

    Each count is read with one statement, so it is consistent at every isolation level. Whether tallies are readable is looked
    up once, at the first question; in a transaction, this is done in the same view of the data as the answers. `live` is the
    host's own source, `answering` the same with running counts instead of queries: what the host overrides stays its own.
    """

    def __init__(self, live: ChatSource) -> None:
        self.live = live
        self.using = live.using
        self.answering = live
        if isinstance(live, MappedSource):
            self.answering = copy(live)
            self.answering.counting = TalliedCounting(self.tallies, lambda: self.ready, self.using)

    def reported_statistics(self) -> ReportedStatistics | None:
        """Return the statistics that the chat has counted itself, if it does."""
        return self.live.reported_statistics()

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        return self.answering.users()

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language."""
        return self.answering.user_languages()

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        return self.answering.rooms()

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        return self.answering.messages()

    def threads(self) -> int:
        """Count the distinct messages that have at least one reply."""
        return self.answering.threads()

    def discussions(self) -> Tally:
        """Count the rooms that have a parent room, and the messages in them."""
        return self.answering.discussions()

    def pinned(self) -> int:
        """Count the pinned messages."""
        return self.answering.pinned()

    def rooms_with_pinned(self) -> int:
        """Count the rooms that have a pinned message."""
        return self.answering.rooms_with_pinned()

    def uploads(self) -> Tally:
        """Count the uploaded files and their bytes."""
        return self.answering.uploads()

    def teams(self) -> Tally:
        """Count the teams, and the rooms inside them."""
        return self.answering.teams()

    def default_team_rooms(self) -> int:
        """Count the default rooms of teams."""
        return self.answering.default_team_rooms()

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """List the rooms with the most messages."""
        return self.answering.top_rooms(limit)

    def room_use(self) -> RoomUse:
        """Count the rooms, those without a message, and all messages."""
        return self.answering.room_use()

    def last_login(self) -> datetime | None:
        """Return the time of the latest login of any account."""
        return self.live.last_login()

    def last_message(self) -> datetime | None:
        """Return the time of the latest message."""
        return self.live.last_message()

    def last_seen(self) -> datetime | None:
        """Return the latest time at which any account read a room."""
        return self.live.last_seen()

    def app_labels(self) -> set[str]:
        """Return the labels of the Django apps whose migrations create the chat's tables."""
        return self.live.app_labels()

    def declared_tables(self) -> list[Table]:
        """List the tables that the host's source declares."""
        return list(self.live.tables()) if isinstance(self.live, MappedSource) else []

    @cached_property
    def tallies(self) -> TallySet:
        """The definitions for the source and its database."""
        return tallies_in_use(self.live)

    @cached_property
    def defects(self) -> dict[str, str]:
        """The defect of the tally of each count; an empty string if its sums can be read."""
        return tally_defects(self.tallies, self.using)

    @property
    def ready(self) -> set[str]:
        """The counts that are read from tallies; the others are counted live."""
        return {name for name, defect in self.defects.items() if not defect}

    def how_counted(self) -> tuple[Counting, dict[str, str]]:
        """Return how the rows are counted, and for each count that is made live the reason."""
        if not self.tallies.definitions and not self.tallies.reasons:
            return Counting.LIVE, {}
        reasons = {**self.tallies.reasons, **{name: defect for name, defect in self.defects.items() if defect}}
        counted = Counting.TALLIES if not reasons else Counting.MIXED if self.ready else Counting.LIVE
        return counted, reasons


def is_migrated() -> bool:
    """Return whether the app's own tables exist."""
    connection = connections[router.db_for_write(Snapshot)]
    return Snapshot._meta.db_table in connection.introspection.table_names()


def can_install(source: TalliedSource) -> bool:
    """Return whether there are tallies to install, and all their host's tables exist."""
    tallies = source.tallies
    if not tallies.definitions:
        return False
    connection = connections[tallies.using]
    quote, existing = connection.ops.quote_name, connection.introspection.table_names()
    needed = {table for definition in tallies.definitions for table in definition.host_tables}
    return needed <= {quote(table) for table in existing}
