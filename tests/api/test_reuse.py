"""What a process uses again for a second: credentials, permissions and the newest snapshot; and what it never does."""

import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.contrib.auth.models import Group, Permission
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from statistics_app.accounts import credentials, tokens
from statistics_app.models import AccessToken, Snapshot
from statistics_app.snapshots import generation, latest
from statistics_app.snapshots.generation import Origin
from statsproject.chat.models import User
from tests.conftest import Person, make_person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PATH = "/api/v1/statistics"


@pytest.fixture(autouse=True)
def trusting(settings: Settings) -> None:
    """Trust for a second, as outside of tests."""
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": 1}


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, which stands still until a test sets it."""
    clock = [time.monotonic()]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    return clock


@pytest.fixture
def monitor(db: None) -> Person:
    """A person who may view statistics as a member of a group."""
    person = make_person("monitor")
    group = Group.objects.create(name="Monitors")
    group.permissions.add(Permission.objects.get(codename="view_statistics"))
    assert person.user is not None
    person.user.groups.add(group)
    return person


def statements(call: Callable[[], Any]) -> list[str]:
    """Return the SQL statements of a call."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return [query["sql"] for query in queries]


def get(person: Person, **headers: str) -> Any:
    """Return the response to a GET with additional headers."""
    return Client().get(PATH, headers={**person.headers, **headers})


def test_within_a_second_a_request_asks_the_database_nothing(monitor: Person, monotonic: list[float]) -> None:
    first = get(monitor)
    assert statements(lambda: get(monitor)) == []
    assert get(monitor).content == first.content
    monotonic[0] += 1
    # The token with its user, two kinds of permissions, the snapshot; on PostgreSQL also the schema of the session, twice.
    assert len(statements(lambda: get(monitor))) == (6 if connection.vendor == "postgresql" else 4)


def test_a_request_that_changes_something_always_asks(monitor: Person) -> None:
    get(monitor)
    monitor_token = AccessToken.objects.get()
    Snapshot.objects.update(host="another")
    AccessToken.objects.filter(pk=monitor_token.pk).update(expires_at=timezone.now())
    assert get(monitor).status_code == 200
    for method, path in (("POST", "statistics"), ("POST", "logout"), ("POST", "users.generatePersonalAccessToken")):
        assert monitor.call(method, path, '{"tokenName": "x"}').status_code == 401, path


@pytest.mark.parametrize("change", ["token", "permission", "account"])
def test_what_was_taken_away_counts_after_a_second(monitor: Person, monotonic: list[float], change: str) -> None:
    assert get(monitor).status_code == 200
    if change == "token":
        AccessToken.objects.filter(user=monitor.user).update(expires_at=timezone.now())
    elif change == "permission":
        Group.objects.get(name="Monitors").permissions.clear()
    else:
        User.objects.filter(pk=monitor.headers["X-User-Id"]).update(is_active=False)
    monotonic[0] += 1
    assert get(monitor).status_code == (403 if change == "permission" else 401)


def test_a_token_that_this_process_removes_is_refused_at_once(monitor: Person) -> None:
    get(monitor)
    assert monitor.call("POST", "logout").status_code == 200
    assert get(monitor).status_code == 401


def test_a_token_expires_on_time(member: Person, monotonic: list[float]) -> None:
    token = AccessToken.objects.get()
    now = timezone.now()
    token.expires_at = now
    token.save()
    key = str(token.user_id), member.token
    assert credentials.find_token(*key, now - timezone.timedelta(seconds=0.5), may_reuse=True) is not None
    assert credentials.find_token(*key, now, may_reuse=True) is None


def test_a_refused_credential_is_not_kept_as_refused(monitor: Person) -> None:
    AccessToken.objects.update(user=make_person("another").user)
    assert get(monitor).status_code == 401
    AccessToken.objects.filter(last_part=monitor.token[-6:]).update(user=monitor.user)
    assert get(monitor).status_code == 200


def test_the_credentials_of_one_person_let_no_other_in(monitor: Person, member: Person) -> None:
    assert get(monitor).status_code == 200
    for headers in (
        {"X-User-Id": member.headers["X-User-Id"]},
        {"X-Auth-Token": member.token},
        {"X-User-Id": f"{monitor.headers['X-User-Id']} "},
        {"X-Auth-Token": f"{monitor.token}x"},
    ):
        assert get(monitor, **headers).status_code == 401


def test_no_token_is_held_in_the_clear(monitor: Person) -> None:
    get(monitor)
    assert len(credentials._kept._values) == 1
    assert monitor.token not in repr([(key, vars(token)) for key, (_, token) in credentials._kept._values.items()])


def test_the_day_of_the_last_use_is_written_once(monitor: Person) -> None:
    get(monitor)
    AccessToken.objects.update(last_used_on=None)
    assert statements(lambda: [get(monitor) for _ in range(3)]) == []
    credentials.forget()
    written = statements(lambda: [get(monitor) for _ in range(3)])
    assert len([statement for statement in written if statement.startswith("UPDATE")]) == 1


def test_a_new_snapshot_of_this_process_is_sent_at_once(monitor: Person) -> None:
    first = get(monitor).json()["_id"]
    newest = generation.generate(Origin.COMMAND)
    assert get(monitor).json()["_id"] == newest.pk != first


def test_a_new_snapshot_of_another_process_is_sent_after_a_second(monitor: Person, monotonic: list[float]) -> None:
    first = get(monitor).json()["_id"]
    newest = Snapshot.objects.get()
    newest.pk, newest.number = "another", newest.number + 1
    newest.body = newest.body.replace(first, "another")
    Snapshot.objects.bulk_create([newest])
    assert get(monitor).json()["_id"] == first
    monotonic[0] += 1
    assert get(monitor).json()["_id"] == "another"


def test_without_a_database_the_last_snapshot_is_sent_with_its_age_to_who_was_let_in(
    monitor: Person, member: Person, monotonic: list[float]
) -> None:
    first = get(monitor)
    monotonic[0] += 0.9
    credentials.forget()
    get(monitor)  # lets the monitor in for another second; the snapshot is as old as before
    monotonic[0] += 0.6

    def fail(*_: Any) -> None:
        raise OperationalError("The database is away.")

    with connection.execute_wrapper(fail):
        again = get(monitor)
        assert (again.status_code, again.content, again.headers["Age"]) == (200, first.content, "1")
        assert get(member).status_code == 503
        monotonic[0] += 0.5
        assert get(monitor).status_code == 503


def test_a_client_that_has_the_newest_snapshot_gets_a_304_without_a_body(monitor: Person) -> None:
    first = get(monitor)
    etag = first.headers["ETag"]
    assert etag == f'W/"{Snapshot.objects.get().pk}"'
    for value in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        again = get(monitor, **{"If-None-Match": value})
        assert (again.status_code, again.content) == (304, b""), value
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
        assert again.headers["X-RateLimit-Limit"] == "600"
    assert get(monitor, **{"If-None-Match": '"x"'}).content == first.content
    generation.generate(Origin.COMMAND)
    assert get(monitor, **{"If-None-Match": etag}).status_code == 200


def test_a_refresh_and_a_post_are_never_answered_with_a_304(monitor: Person) -> None:
    headers = {**monitor.headers, "If-None-Match": "*"}
    get(monitor)
    assert Client().get(f"{PATH}?refresh=true", headers=headers).status_code == 200
    assert Client().post(PATH, headers=headers).status_code == 200


def test_nobody_learns_from_a_304_what_they_may_not_see(monitor: Person, member: Person, stranger: Person) -> None:
    etag = get(monitor).headers["ETag"]
    assert get(member, **{"If-None-Match": etag}).status_code == 403
    assert get(stranger, **{"If-None-Match": etag}).status_code == 401


def test_last_modified_is_sent_once_no_other_snapshot_can_get_the_same_second(monitor: Person) -> None:
    snapshot = generation.generate(Origin.COMMAND)
    assert "Last-Modified" not in get(monitor).headers or snapshot.created_at.microsecond
    Snapshot.objects.update(created_at=snapshot.created_at.replace(year=2024))
    latest.forget()
    modified = get(monitor).headers["Last-Modified"]
    assert " 2024 " in modified
    assert get(monitor, **{"If-Modified-Since": modified}).status_code == 304
    assert get(monitor, **{"If-Modified-Since": modified.replace("2024", "2023")}).status_code == 200
    assert get(monitor, **{"If-Modified-Since": "nonsense"}).status_code == 200


def test_the_body_is_compressed_where_that_is_asked_for(monitor: Person) -> None:
    plain = get(monitor)
    packed = get(monitor, **{"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert get(monitor, **{"Accept-Encoding": "gzip;q=0"}).content == plain.content


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_servers_follow_what_changes_within_a_second(running: Programs, monitor: Person) -> None:
    urls = [running.web(STATISTICS_TRUST_SECONDS="1")[1] for _ in range(2)]
    newest = generation.generate(Origin.COMMAND)

    def answers(person: Person) -> list[requests.Response]:
        return [requests.get(f"{url}{PATH}", headers=person.headers, timeout=30) for url in urls]

    def statuses_after_a_second(person: Person) -> set[int]:
        time.sleep(1)
        return {response.status_code for response in answers(person)}

    assert {response.json()["_id"] for response in answers(monitor)} == {newest.pk}
    newer = generation.generate(Origin.COMMAND)
    time.sleep(1)
    assert {response.json()["_id"] for response in answers(monitor)} == {newer.pk}
    Group.objects.get(name="Monitors").permissions.clear()
    assert statuses_after_a_second(monitor) == {403}
    Group.objects.get(name="Monitors").permissions.add(Permission.objects.get(codename="view_statistics"))
    assert statuses_after_a_second(monitor) == {200}
    User.objects.update(is_active=False)
    assert statuses_after_a_second(monitor) == {401}
    User.objects.update(is_active=True)
    assert statuses_after_a_second(monitor) == {200}
    tokens.AccessToken.objects.all().delete()
    assert statuses_after_a_second(monitor) == {401}
