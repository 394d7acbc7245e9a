"""Snapshots of a remote server: what is stored of its answer, and the gap that it leaves if it does not answer."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from celery.exceptions import Retry
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.db import locks
from statistics_app.exceptions import RemoteError
from statistics_app.foreign.meanings import LOCAL_ACTIVE
from statistics_app.foreign.translation import translate
from statistics_app.history.audit import audit_all
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import Annotation, EventRollup, GaugeRollup, Installation, ReportedPeople, Snapshot
from statistics_app.models.snapshot import Counting, Origin
from statistics_app.snapshots import generation
from statistics_app.snapshots.importing import Imported, import_snapshots
from statistics_app.sources.loading import chat_source
from statistics_app.sources.remote_server import forget_failures
from statistics_app.tasks import _take_or_retry
from tests.conftest import Person
from tests.factories import make_messages, make_room
from tests.services.remote_source import TOKEN, use_remote
from tests.services.replay_server import ReplayServer, Reply
from tests.sources.era_answers import ERAS, FOREIGN_TEXTS, MESSAGES, answer_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class FirstTry:
    """A task of Celery at its first try, whose retry is only reported."""

    request = SimpleNamespace(retries=0)

    def retry(self, exc: Exception, countdown: float) -> Retry:
        return Retry(exc=exc, when=countdown)


@pytest.mark.parametrize("version", ERAS)
def test_a_snapshot_has_what_the_server_reported_and_nothing_else(remote: ReplayServer, version: str) -> None:
    make_messages(make_room(), 3)
    remote.reply = Reply.of(answer_of(version, timezone.now()))
    snapshot = generation.generate(Origin.COMMAND)
    document = snapshot.document
    assert list(document) == [statistic.key for statistic in CATALOGUE]
    assert (document["version"], document["totalMessages"], document["totalUsers"]) == (
        version,
        MESSAGES,
        ERAS[version]()["totalUsers"],
    )
    assert (snapshot.total_messages, snapshot.host, snapshot.counting) == (MESSAGES, remote.name, Counting.REPORTED)
    assert {key for key, value in document.items() if value is None} == {
        key for key in snapshot.problems if document[key] is None
    }
    assert all(snapshot.problems.values())
    assert not [text for text in (*FOREIGN_TEXTS, TOKEN) if text in snapshot.body + json.dumps(snapshot.problems)]
    assert snapshot.part_seconds["remote"] > 0


def test_the_id_and_the_time_of_a_snapshot_are_its_own(remote: ReplayServer) -> None:
    remote.reply = Reply.of(answer_of("6.5.2", timezone.now() - timedelta(minutes=5)))
    before = timezone.now() - timedelta(seconds=1)
    first, second = generation.refresh(), generation.refresh()
    assert first.pk != second.pk
    assert first.document["_id"] == first.pk
    assert first.created_at > before
    assert first.document["createdAt"] == first.document["_updatedAt"] == f"{first.created_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    assert first.document["uniqueId"] == second.document["uniqueId"] == Installation.objects.the_one().unique_id
    assert first.document["installedAt"] == "2016-03-01T08:15:30.112Z"
    assert "uniqueId" not in first.problems


def test_what_an_old_server_did_not_count_is_null_with_its_version(remote: ReplayServer) -> None:
    remote.reply = Reply.of(answer_of("0.52.0", timezone.now()))
    snapshot = generation.generate(Origin.COMMAND)
    assert snapshot.document["busyUsers"] is None
    assert snapshot.problems["busyUsers"] == "The server (version 0.52.0) did not count this."


def test_a_scheduled_snapshot_is_of_its_slot_and_in_the_history(remote: ReplayServer) -> None:
    now = timezone.now()
    snapshot = generation.generate_for_slot(now)
    assert snapshot is not None
    assert snapshot.slot == generation.slot_of(now)
    assert generation.generate_for_slot(now) is None
    assert len(remote.received) == 1
    assert GaugeRollup.objects.filter(key="totalMessages").exists()


def test_a_server_that_refuses_leaves_a_gap_with_the_reason(remote: ReplayServer) -> None:
    remote.reply = Reply(401)
    before = datetime.now(tz=UTC)
    with pytest.raises(RemoteError):
        generation.generate_for_slot(timezone.now())
    assert not Snapshot.objects.exists()
    assert Installation.objects.failure_after(before).startswith(f"{remote.name} did not accept the user id and the token")


def test_the_last_numbers_stay_the_latest_while_the_server_does_not_answer(remote: ReplayServer) -> None:
    taken = generation.refresh()
    remote.reply = Reply(500)
    with pytest.raises(RemoteError):
        generation.refresh()
    assert Snapshot.objects.latest_taken() == taken
    remote.reply = Reply.of(answer_of("6.5.2", timezone.now()))
    forget_failures()
    assert generation.refresh() == Snapshot.objects.latest_taken() != taken


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A function that has another thread take a snapshot for longer than anybody waits."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with locks.exclusive_lock(generation.LOCK_NAME):
            held.set()
            over.wait(60)
        connections.close_all()

    thread = threading.Thread(target=hold)

    def begin() -> None:
        thread.start()
        assert held.wait(60)
        monkeypatch.setattr(locks, "WAIT_SECONDS", 0.2)

    yield begin
    over.set()
    thread.join()


def test_that_another_attempt_takes_long_does_not_hide_what_the_server_refused(
    remote: ReplayServer, busy: Callable[[], None]
) -> None:
    remote.reply = Reply(401)
    before = datetime.now(tz=UTC)
    with pytest.raises(RemoteError):
        generation.generate(Origin.COMMAND)
    refused = Installation.objects.failure_after(before)
    busy()
    with pytest.raises(locks.NotFree):
        generation.generate(Origin.COMMAND)
    assert Installation.objects.failure_after(before) == refused
    assert "did not accept the user id and the token" in refused


def test_that_another_attempt_takes_long_is_a_reason_if_there_is_no_other(
    remote: ReplayServer, busy: Callable[[], None]
) -> None:
    remote.reply = Reply(401)
    with pytest.raises(RemoteError):
        generation.generate(Origin.COMMAND)
    forget_failures()
    remote.reply = Reply.of(answer_of("6.5.2", timezone.now()))
    taken = generation.generate(Origin.COMMAND)
    busy()
    with pytest.raises(locks.NotFree):
        generation.generate(Origin.COMMAND)
    assert Installation.objects.failure_after(taken.created_at).startswith("NotFree: The lock 'generate' was not free")


@pytest.mark.parametrize(
    ("reply", "least", "most"), [(Reply(500), 10, 12.5), (Reply(429, headers={"Retry-After": "100"}), 100, 125)]
)
def test_a_task_tries_again_when_the_server_may_be_asked(
    remote: ReplayServer, settings: Settings, reply: Reply, least: float, most: float
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": 86_400 * 365 * 50}
    remote.reply = reply
    with pytest.raises(Retry) as caught:
        _take_or_retry(FirstTry(), generation.generate_for_slot)  # type: ignore[arg-type]
    assert least <= caught.value.when <= most


def test_neither_the_log_nor_an_error_has_the_token(remote: ReplayServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    generation.generate(Origin.COMMAND)
    for reply in (
        Reply(401),
        Reply(500, TOKEN.encode()),
        Reply(200, TOKEN.encode()),
        Reply(302, headers={"Location": f"/{TOKEN}"}),
    ):
        remote.reply = reply
        with pytest.raises(CommandError) as caught:
            call_command("generate_statistics")
        assert TOKEN not in str(caught.value)
    assert TOKEN not in caplog.text
    assert not Snapshot.objects.filter(body__contains=TOKEN).exists()


def test_the_history_has_no_events_and_audits_find_nothing(remote: ReplayServer) -> None:
    make_messages(make_room(), 3)
    generation.generate(Origin.COMMAND)
    now = timezone.now()
    roll_up_events(chat_source(now), now)
    assert not EventRollup.objects.exists()
    lines: list[str] = []
    assert audit_all(chat_source(now), now, lines.append).differences == 0
    assert "events: not compared: The statistics of a remote server tell nothing about event times." in lines


@pytest.mark.parametrize("command", ["tallies status", "prune_statistics", "roll_up_history"])
def test_every_command_works(remote: ReplayServer, command: str) -> None:
    generation.generate(Origin.COMMAND)
    call_command(*command.split(), stdout=StringIO())


@pytest.mark.needs_triggers
def test_installing_removes_the_counts_of_tables_that_nobody_reads(settings: Settings) -> None:
    own = settings.STATISTICS
    use_remote(settings, "http://127.0.0.1:1")
    call_command("tallies", "install", stdout=StringIO())
    settings.STATISTICS = own
    assert "statistics_app.W001" in {message.id for message in run_checks(databases=["default"])}
    call_command("tallies", "install", stdout=StringIO())
    assert "statistics_app.W001" not in {message.id for message in run_checks(databases=["default"])}


@pytest.mark.parametrize("command", ["backfill_history", "audit_tallies"])
def test_a_command_that_needs_tables_says_that_there_are_none(remote: ReplayServer, command: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command(command, stdout=StringIO())
    assert str(caught.value)


@pytest.mark.needs_triggers
def test_the_checks_find_nothing(remote: ReplayServer) -> None:
    assert [message for message in run_checks(databases=["default"]) if str(message.id).startswith("statistics_app.")] == []


@pytest.mark.parametrize("missing", ["REMOTE_URL", "REMOTE_USER_ID", "REMOTE_TOKEN"])
def test_a_missing_setting_is_e006(remote: ReplayServer, settings: Settings, missing: str) -> None:
    use_remote(settings, remote.url, **{missing: ""})
    [message] = [message for message in run_checks() if message.id == "statistics_app.E006"]
    assert missing in message.msg


@pytest.mark.parametrize(("url", "is_reported"), [("http://chat.example.com", True), ("https://chat.example.com", False)])
def test_a_token_that_would_be_sent_unencrypted_is_w004(settings: Settings, url: str, is_reported: bool) -> None:
    use_remote(settings, url)
    assert ("statistics_app.W004" in [message.id for message in run_checks()]) is is_reported


def test_the_api_says_why_there_is_no_new_snapshot(remote: ReplayServer, viewer: Person) -> None:
    remote.reply = Reply(403)
    for parameters in ({}, {"refresh": "true"}):
        forget_failures()
        response = viewer.get("statistics", **parameters)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "300")
        assert response.json()["error"].startswith(f"{remote.name} does not show its statistics")
    remote.reply = Reply.of(answer_of("6.5.2", timezone.now()))
    forget_failures()
    assert viewer.get("statistics").json()["totalMessages"] == MESSAGES


def test_what_a_number_counts_there_is_noted_for_the_time_in_which_it_was_asked_for(remote: ReplayServer) -> None:
    first, second = generation.refresh(), generation.refresh()
    note = Annotation.objects.get(key="activeUsers")
    assert (note.text, note.since, note.until) == (LOCAL_ACTIVE, first.created_at, second.created_at)


def test_people_that_the_server_counted_are_kept(remote: ReplayServer) -> None:
    now = timezone.now()
    yesterday = (now - timedelta(days=1)).date()
    day = {"year": yesterday.year, "month": yesterday.month, "day": yesterday.day, "data": [{"count": 302, "sessions": 900}]}
    remote.reply = Reply.of(answer_of("6.5.2", now, uniqueUsersOfYesterday=day))
    generation.refresh()
    assert ReportedPeople.objects.filter(days=1).values_list("days", "date", "number").get() == (1, yesterday, 302)


def test_an_import_leaves_out_what_was_asked_for(remote: ReplayServer) -> None:
    document = answer_of("6.5.2", timezone.now())
    remote.reply = Reply.of(document)
    generation.refresh()
    assert import_snapshots([translate(document)]) == Imported(new=0, known=1)
    assert Snapshot.objects.count() == 1
