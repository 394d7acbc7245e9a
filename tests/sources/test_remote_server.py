"""A remote server: what it is asked, what its answer is translated to, and what is said when it refuses."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.views.debug import ExceptionReporter

from statistics_app.exceptions import RemoteError
from statistics_app.sources import remote_server
from statistics_app.sources.remote_server import RemoteServer, forget_failures
from tests.services.replay_server import ReplayServer, Reply, replay_server

from .era_answers import ERAS, FOREIGN_TEXTS, MESSAGES, answer_of

TOKEN, USER_ID = "the-secret-token", "theUserIdOfTheOne"
NOT_ALLOWED = {"success": False, "error": "Not allowed [error-not-allowed]", "errorType": "error-not-allowed"}
# Answers, what is said of them after the server's name, and for how many seconds it is left alone.
REFUSALS = [
    (Reply.of({"status": "error"}, 401), "did not accept the user id and the token: create a personal access token", 300),
    (Reply.of({"success": False}, 403), "does not show its statistics to the account of the token", 300),
    (Reply.of(NOT_ALLOWED, 400), "does not show its statistics to the account of the token", 300),
    (Reply.of({"errorType": ["no", "text"]}, 400), "did not accept the request (400).", 300),
    (Reply(404, b"<html>"), "has no api/v1/statistics: REMOTE_URL has to be the address of a chat (404).", 300),
    (Reply(429), "asked to wait for 60 s, since it has too much to do (429).", 60),
    (Reply(429, headers={"Retry-After": "17"}), "asked to wait for 17 s", 17),
    (Reply(429, headers={"Retry-After": "0"}), "asked to wait for 1 s", 1),
    (Reply(429, headers={"Retry-After": "9" * 50}), "asked to wait for 3600 s", 3600),
    (Reply(429, headers={"Retry-After": "soon"}), "asked to wait for 60 s", 60),
    (Reply(503, headers={"Retry-After": "20"}), "asked to wait for 20 s, since it has too much to do (503).", 20),
    (Reply(503), "failed to answer (503). See its log.", 10),
    (Reply(500, TOKEN.encode()), "failed to answer (500). See its log.", 10),
    (Reply(301, headers={"Location": "https://else.example:8443/api?x=" + TOKEN}), "redirects to https://else.example,", 300),
    (Reply(302, headers={"Location": "/login"}), "redirects to another path, where the token is not sent (302).", 300),
    (Reply(302, headers={"Location": "https://[::1"}), "redirects to an invalid address,", 300),
    (Reply(302), "redirects to another path,", 300),
    (Reply(200, b"<html>" + TOKEN.encode()), "sent something that is not JSON. Is this the address of a chat?", 10),
    (Reply(200, b"\xff\xfe{}"), "sent something that is not JSON.", 10),
    (Reply(200, b"[" * 200_000), "sent something that is not JSON.", 10),
    (Reply(200, b""), "sent something that is not JSON.", 10),
    (Reply.of([]), "sent no statistics. This is not a statistics document: it is not an object.", 10),
    (Reply.of({"success": False}), "sent no statistics. This is not a statistics document:", 10),
    (Reply(204), "did not accept the request (204).", 300),
]


@pytest.fixture
def remote() -> Iterator[ReplayServer]:
    forget_failures()
    with replay_server() as running:
        yield running


def server_at(remote: ReplayServer, path: str = "", seconds: float = 10) -> RemoteServer:
    return RemoteServer(remote.url + path, USER_ID, TOKEN, seconds)


def refusal(server: RemoteServer) -> RemoteError:
    """Ask a server that refuses, and return the error."""
    with pytest.raises(RemoteError) as caught:
        server.new_statistics()
    return caught.value


def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.mark.parametrize("path", ["", "/", "/chat", "/chat/"])
def test_a_server_is_asked_for_new_statistics_with_the_credentials(remote: ReplayServer, path: str) -> None:
    remote.reply = Reply.of(answer_of("6.5.2", now()))
    reported = server_at(remote, path).new_statistics()
    assert reported.host == remote.name
    [request] = remote.received
    assert request.path == f"{path.rstrip('/')}/api/v1/statistics?refresh=true"
    assert (request.headers["X-User-Id"], request.headers["X-Auth-Token"]) == (USER_ID, TOKEN)
    assert "gzip" not in request.headers.get("Accept-Encoding", "")


@pytest.mark.parametrize("version", ERAS)
def test_the_answer_of_each_era_is_translated(remote: ReplayServer, version: str) -> None:
    at = now().replace(microsecond=0)
    remote.reply = Reply.of(answer_of(version, at))
    translation = server_at(remote).new_statistics().translation
    document = translation.document
    assert (document["version"], document["totalMessages"]) == (version, MESSAGES)
    assert document["createdAt"] == f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    assert document["lastLogin"] in ("2017-02-06T09:41:07.520Z", "2024-01-17T11:58:40.000Z")
    assert document["totalLivechat"] in (3, 17)
    assert {key for key, value in document.items() if value is None} <= set(translation.problems)
    assert not [text for text in FOREIGN_TEXTS if text in json.dumps(document)]


@pytest.mark.parametrize(("reply", "what", "seconds"), REFUSALS)
def test_a_refusal_is_said_in_words_without_the_token(remote: ReplayServer, reply: Reply, what: str, seconds: int) -> None:
    remote.reply = reply
    error = refusal(server_at(remote))
    assert str(error).startswith(f"{remote.name} {what}")
    assert str(error).endswith((".", "?"))
    assert error.seconds == seconds
    assert TOKEN not in f"{error!r}{error.__cause__!r}"
    assert error.__suppress_context__ or error.__context__ is None


def test_a_server_that_does_not_answer_in_time_is_named(remote: ReplayServer) -> None:
    remote.reply = Reply(200, b"{}", pause_after=1)
    error = refusal(server_at(remote, seconds=0.3))
    assert (str(error), error.seconds) == (f"{remote.name} did not answer within 0.3 s.", 10)


def test_a_wait_may_be_a_time(remote: ReplayServer) -> None:
    remote.reply = Reply(429, headers={"Retry-After": format_datetime(now() + timedelta(seconds=100), usegmt=True)})
    assert 95 <= refusal(server_at(remote)).seconds <= 100


def test_a_server_that_asked_to_wait_is_not_asked_meanwhile(remote: ReplayServer) -> None:
    remote.reply = Reply(429, headers={"Retry-After": "30"})
    refusal(server_at(remote))
    remote.reply = Reply.of(answer_of("6.5.2", now()))
    error = refusal(server_at(remote))
    assert re.search(r"^\S+ asked to wait for 30 s, .* It is asked again from \d\d:\d\d:\d\d UTC on\.$", str(error))
    assert 25 <= error.seconds <= 30
    assert len(remote.received) == 1
    forget_failures()
    server_at(remote).new_statistics()
    assert len(remote.received) == 2


@pytest.mark.parametrize(("status", "least", "most"), [(503, 5, 10), (401, 295, 300)])
def test_a_failure_is_shared_by_those_who_ask_right_after_it(remote: ReplayServer, status: int, least: int, most: int) -> None:
    remote.reply = Reply(status)
    first, second, third = (refusal(server_at(remote)) for _ in range(3))
    assert str(second) == str(third)
    assert str(second).startswith(f"{first} It is asked again from ")
    assert least <= third.seconds <= most
    assert len(remote.received) == 1


def test_what_a_server_refused_is_asked_again_soon(remote: ReplayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_server, "TROUBLE_SECONDS", 0)
    remote.reply = Reply(401)
    refusal(server_at(remote))
    remote.reply = Reply.of(answer_of("6.5.2", now()))
    server_at(remote).new_statistics()


def test_a_date_that_cannot_be_is_ignored(remote: ReplayServer) -> None:
    impossible = "Mon, 01 Jan 2024 00:00:00 +" + "9" * 30
    remote.reply = Reply(429, headers={"Retry-After": impossible})
    assert refusal(server_at(remote)).seconds == 60
    forget_failures()
    reply = Reply.of(answer_of("6.5.2", now()))
    remote.reply = Reply(200, reply.body, {"Date": impossible})
    server_at(remote).new_statistics()


def test_a_traceback_does_not_show_the_credentials(remote: ReplayServer) -> None:
    remote.reply = Reply(500)
    try:
        server_at(remote).new_statistics()
    except RemoteError:
        report = ExceptionReporter(None, *sys.exc_info()).get_traceback_text()
        report += str(ExceptionReporter(None, *sys.exc_info()).get_traceback_html())
    try:
        RemoteServer("http://chat.invalid", USER_ID, TOKEN, 10).new_statistics()
    except RemoteError:
        report += str(ExceptionReporter(None, *sys.exc_info()).get_traceback_html())
    assert "new_statistics" in report
    assert TOKEN not in report
    assert USER_ID not in report


@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_statistics_that_are_older_than_their_answer_are_refused(remote: ReplayServer, hours: int) -> None:
    remote.reply = Reply.of(answer_of("6.5.2", now() - timedelta(hours=hours)))
    assert "instead of new ones. Is there a cache in front of it?" in str(refusal(server_at(remote)))


def test_the_clock_of_a_server_may_be_wrong(remote: ReplayServer) -> None:
    then = now() - timedelta(days=400)
    reply = Reply.of(answer_of("6.5.2", then))
    remote.reply = Reply(200, reply.body, {"Date": format_datetime(then, usegmt=True)})
    assert server_at(remote).new_statistics().translation.created_at.year == then.year


def test_the_credentials_are_not_shown(remote: ReplayServer) -> None:
    assert TOKEN not in repr(server_at(remote))
    assert USER_ID not in repr(server_at(remote))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1, 1.5, 2**63, 10**300, True, "12", [], {}, None])
def test_a_value_of_the_wrong_type_is_null_with_a_reason(remote: ReplayServer, number: Any) -> None:
    remote.reply = Reply.of(answer_of("6.5.2", now(), totalRooms=number))
    translation = server_at(remote).new_statistics().translation
    assert translation.document["totalRooms"] is None
    assert translation.problems["totalRooms"]
    assert translation.document["totalMessages"] == MESSAGES
