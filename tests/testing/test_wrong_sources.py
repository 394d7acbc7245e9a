"""The contract fails for whatever is wrong, and says what, where and after which write."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from statistics_app.exceptions import NotAnswered
from statistics_app.sources.base import RoomKind
from statistics_app.sources.tables import UploadTable
from statistics_app.testing import Room, SourceContract, Upload
from statsproject.chat import models
from statsproject.chat.statistics_source import WorkspaceSource

from .workspace import WorkspaceContract

pytestmark = pytest.mark.django_db(transaction=True)


class Live(WorkspaceContract):
    """The contract without running counts, which is faster."""

    running_counts = False


def failure_of(contract: type[SourceContract], **attributes: Any) -> str:
    """Return what the contract says about a source that is wrong."""
    tested = type("Tested", (contract,), attributes)()
    with pytest.raises(AssertionError) as raised:
        tested.test_every_answer_is_exact_whatever_is_written()
    return str(raised.value)


def source_with(**declared: Any) -> type[WorkspaceSource]:
    """Return this project's source with other declarations or methods."""
    return type("OtherSource", (WorkspaceSource,), declared)


def test_a_wrong_condition_is_found_and_both_numbers_are_named() -> None:
    kinds = {**WorkspaceSource.room_table.kinds, RoomKind.CHANNEL: Q(type="p"), RoomKind.PRIVATE_GROUP: Q(type="c")}
    source = source_with(room_table=replace(WorkspaceSource.room_table, kinds=kinds))
    message = failure_of(Live, source=source, kinds=[RoomKind.CHANNEL])
    assert message == "rooms(), counted live, after the first rows: expected c 5, p 0, found c 0, p 5."


def test_a_condition_that_is_missing_is_found() -> None:
    every = source_with(room_table=replace(WorkspaceSource.room_table, kinds={RoomKind.CHANNEL: Q()}))
    assert "counted live, after the first rows" in failure_of(Live, source=every, kinds=[RoomKind.CHANNEL])


@pytest.mark.parametrize(
    ("table", "changes", "question"),
    [
        ("user_table", {"active": Q()}, "users"),
        ("user_table", {"language": "username"}, "user_languages"),
        ("user_table", {"last_login": "date_joined"}, "seen_accounts"),
        ("user_table", {"created_at": "last_login"}, "events"),
        ("room_table", {"team_default": Q()}, "default_team_rooms"),
        ("room_table", {"discussion": Q()}, "discussions"),
        ("message_table", {"pinned": ~Q(is_pinned=True)}, "pinned"),
        ("message_table", {"where": Q(thread_root=None)}, "messages"),
        ("subscription_table", {"where": Q(room__type="c")}, "seen_accounts"),
        ("upload_table", {"uploaded_at": None}, ""),
        ("upload_table", {"where": Q(room__type="c")}, "uploads"),
        ("team_table", {"where": Q(rooms__isnull=False)}, "teams"),
    ],
)
def test_each_wrong_declaration_is_found_in_the_question_that_it_is_for(
    table: str, changes: dict[str, Any], question: str
) -> None:
    source = source_with(**{table: replace(getattr(WorkspaceSource, table), **changes)})
    if not question:  # what is not declared is not asked
        type("Tested", (Live,), {"source": source, "writes": 6})().test_every_answer_is_exact_whatever_is_written()
        return
    assert failure_of(Live, source=source).startswith(f"{question}(), counted live, after "), question


def test_an_answer_that_is_wrong_only_later_names_the_write() -> None:
    def threads(self: Any) -> int:
        return WorkspaceSource.threads(self) + (models.Upload.objects.count() > 4)

    message = failure_of(Live, source=source_with(threads=threads))
    assert message.startswith("threads(), counted live, after the ")
    assert "of chat.Upload " in message
    assert "of 54, seed 0): expected number " in message


def test_an_answer_that_stops_is_found() -> None:
    def pinned(self: Any) -> int:
        if models.Message.objects.exists():
            raise NotAnswered("No more.")
        return 0

    assert "found no answer (No more.)" in failure_of(Live, source=source_with(pinned=pinned))


def test_rows_that_something_else_writes_are_found() -> None:
    class Doubling(Live):
        def build_room(self, room: Room) -> models.Room:
            models.Room.objects.create(id=f"also-{room.number}")
            return super().build_room(room)

    message = failure_of(Doubling)
    found = re.match(r"chat\.Room has (\d+) rows after the first rows; expected (\d+)\. Something else writes to", message)
    assert found
    assert int(found[1]) > int(found[2])


@pytest.mark.any_database
@pytest.mark.usefixtures("tallies")
def test_a_running_count_that_is_wrong_is_found() -> None:
    class Interfering(WorkspaceContract):
        files = wrong_rows = 0

        def build_upload(self, upload: Upload) -> models.Upload:
            self.files += 1
            if self.files >= 10 and not self.wrong_rows:  # until something was folded into the sums, there are none
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE statistics_tally_uploads_total SET n = n + 5")
                    self.wrong_rows = cursor.rowcount
            return super().build_upload(upload)

    message = failure_of(Interfering)
    assert message.startswith("uploads(), from running counts, after the ")
    assert "chat.Upload" in message


@pytest.mark.any_database
@pytest.mark.usefixtures("tallies")
def test_a_trigger_that_goes_is_found() -> None:
    class Dropping(WorkspaceContract):
        rooms = 0

        def build_room(self, room: Room) -> models.Room:
            self.rooms += 1
            if self.rooms == 10:
                with connection.cursor() as cursor:
                    on = {"sqlite": "", "postgresql": "ON chat_user"}[connection.vendor]
                    cursor.execute(f"DROP TRIGGER statistics_tally_users_changed {on}")
            return super().build_room(room)

    assert "lacks the trigger statistics_tally_users_changed" in failure_of(Dropping)


def test_faults_of_the_declarations_fail_the_contract() -> None:
    source = source_with(message_table=replace(WorkspaceSource.message_table, author="nobody"))
    with pytest.raises(AssertionError, match="MessageTable"):
        type("Tested", (Live,), {"source": source})().test_the_declarations_pass_the_checks()


class OfAnotherTable(WorkspaceSource):
    """A source with a table of files that no factory makes."""

    upload_table = None
    upload_tables = (WorkspaceSource.upload_table, UploadTable(model="admin.LogEntry", size="action_flag"))


def test_a_table_of_which_no_row_is_written_is_named() -> None:
    message = failure_of(Live, source=OfAnotherTable)
    assert message.startswith(
        "No row of admin.LogEntry was written, so its declaration is not tested. Let build_upload make more"
    )


def test_a_table_can_be_left_untested() -> None:
    left_out = type("Tested", (Live,), {"source": OfAnotherTable, "untested": ["admin.logentry"]})()
    left_out.test_every_answer_is_exact_whatever_is_written()


def test_rows_that_no_question_is_answered_of_are_refused() -> None:
    message = failure_of(Live, source=source_with(upload_table=None))
    assert message.startswith("build_upload is defined, but uploads() has no answer: This workspace's source provides no data")


def test_a_factory_that_declines_is_asked_for_another_meaning() -> None:
    asked: list[bool] = []

    class Rarely(Live):
        writes = 0

        def build_message(self, message: Any) -> models.Message | None:
            asked.append(message.number % 5 == 0)
            return super().build_message(message) if asked[-1] else None

    Rarely().test_every_answer_is_exact_whatever_is_written()
    assert models.Message.objects.count() > 6
    assert len(asked) > 3 * sum(asked)
