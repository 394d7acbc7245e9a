"""Statistics of a running server: page by page, resumed where it stopped, politely, and with every refusal in words."""

import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from statistics_app.foreign.translation import translate
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.kept_statistics.polite_requests import MOST_ATTEMPTS, RequestFailed, Requests
from statsproject.chat.kept_statistics.server_pages import ServerPages, server_address
from tests.conftest import Person
from tests.foreign.eras import in_2024
from tests.kept_statistics.replay_server import Failure, StatisticsList, listing

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def document(number: int) -> dict[str, Any]:
    """Return a document as the API answers: with times as texts."""
    created = f"2024-{1 + number // 600:02}-{1 + number % 600 // 24:02}T{number % 24:02}:00:00.000Z"
    return in_2024(_id=f"{number:024x}", createdAt=created, _updatedAt=created)


@pytest.fixture
def server() -> Iterator[StatisticsList]:
    """Run a server with 250 documents."""
    with listing([document(number) for number in range(250)]) as running:
        yield running


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of pauses, which take no time."""
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    return paused


def stream(server: StatisticsList, waits: list[float]) -> ServerPages:
    return ServerPages(Requests(server.url, {"X-User-Id": "u", "X-Auth-Token": "secret"}, waits.append))


def pull(server: StatisticsList, folder: Path, token: str = "secret") -> str:
    out = StringIO()
    options = {"url": server.url, "user_id": "u", "token": token, "rejects": folder / "rejects.jsonl"}
    call_command("import_statistics", stdout=out, **options)
    return out.getvalue()


def test_all_pages_are_read_with_a_pause_between_them(server: StatisticsList) -> None:
    waits: list[float] = []
    documents = list(stream(server, waits).documents())
    assert [one.number for one in documents] == [*range(1, 251)]
    assert (server.offsets, waits, server.tokens) == ([0, 100, 200], [1.0, 1.0], {"secret"})
    assert translate(documents[0].value or {}).identity == f"{0:024x}"


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        ((429, {"Retry-After": "7"}), [7.0]),
        ((429, {"Retry-After": "9999"}), [120.0]),
        ((429, {}), [2.0]),
        ((500, {}), [2.0]),
        ((503, {"Retry-After": "7"}), [2.0]),
    ],
)
def test_what_passes_is_tried_again_after_a_while(server: StatisticsList, failure: Failure, seconds: list[float]) -> None:
    server.failures = [failure]
    waits: list[float] = []
    pages = stream(server, waits)
    pages.last_id = f"{199:024x}"
    assert len(list(pages.documents(200))) == 50
    assert waits == seconds


@pytest.mark.parametrize(
    ("status", "words", "attempts"),
    [
        (401, "does not accept the user id or the token", 1),
        (403, "needs the permission view-statistics", 1),
        (404, "no such address", 1),
        (302, "redirects to another address", 1),
        (429, "too many requests", MOST_ATTEMPTS),
        (502, "has a fault", MOST_ATTEMPTS),
    ],
)
def test_a_refusal_is_told_in_words_without_the_token(server: StatisticsList, status: int, words: str, attempts: int) -> None:
    server.failures = [(status, {"Location": "http://localhost:1/elsewhere"})] * attempts
    with pytest.raises(RequestFailed, match=words) as refusal:
        list(stream(server, []).documents())
    assert "secret" not in str(refusal.value) + repr(refusal.value)
    assert not server.failures


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"statistics": 1, "total": 1}', b'{"statistics": []}', b"[" * 100_000])
def test_an_answer_in_another_form_is_told_in_words(server: StatisticsList, body: bytes) -> None:
    server.body = body
    with pytest.raises(RequestFailed, match=r"does not answer in JSON|without a list of statistics"):
        list(stream(server, []).documents())


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    with listing([]) as gone:
        pass
    with pytest.raises(RequestFailed, match="cannot be reached"):
        list(stream(gone, []).documents())


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(server: StatisticsList, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert len(list(stream(server, []).documents())) == 250


def test_what_never_works_is_tried_once() -> None:
    waits: list[float] = []
    with pytest.raises(RequestFailed):
        Requests("https://127.0.0.1:port", {}, waits.append).get("")
    assert waits == []


@pytest.mark.usefixtures("waits")
def test_a_pull_imports_everything_and_the_next_only_what_is_new(server: StatisticsList, tmp_path: Path) -> None:
    assert "250 documents, 250 new, 0 known, 0 rejected" in pull(server, tmp_path)
    server.documents.append(document(250))
    server.offsets.clear()
    assert "1 documents, 1 new, 0 known, 0 rejected" in pull(server, tmp_path)
    assert server.offsets == [249]
    assert Snapshot.objects.filter(origin=Origin.IMPORT).count() == 251


@pytest.mark.usefixtures("waits")
def test_a_pull_that_failed_keeps_what_it_read_and_resumes_there(server: StatisticsList, tmp_path: Path) -> None:
    server.refused = {200}
    with pytest.raises(CommandError, match="has a fault"):
        pull(server, tmp_path)
    assert Snapshot.objects.count() == 200
    server.refused.clear()
    server.offsets.clear()
    assert "50 documents, 50 new, 0 known" in pull(server, tmp_path)
    assert server.offsets == [199]


@pytest.mark.usefixtures("waits")
def test_a_server_that_begins_anew_is_read_from_the_start(server: StatisticsList, tmp_path: Path) -> None:
    pull(server, tmp_path)
    server.documents = [document(number) for number in range(300, 310)]
    assert "10 documents, 10 new" in pull(server, tmp_path)


@pytest.mark.usefixtures("waits")
def test_a_server_that_removed_old_documents_is_read_from_the_start(server: StatisticsList, tmp_path: Path) -> None:
    pull(server, tmp_path)
    server.documents = [document(number) for number in range(40, 300)]
    assert "260 documents, 50 new, 210 known" in pull(server, tmp_path)


@pytest.mark.usefixtures("waits")
def test_a_rejected_document_is_rejected_each_time(server: StatisticsList, tmp_path: Path) -> None:
    server.documents[7] = {"_id": "7"}
    for counts in ("249 new, 0 known, 1 rejected", "0 new, 249 known, 1 rejected"):
        out = StringIO()
        options = {"url": server.url, "user_id": "u", "token": "t", "rejects": tmp_path / "rejects.jsonl"}
        with pytest.raises(SystemExit):
            call_command("import_statistics", stdout=out, **options)
        assert counts in out.getvalue()
        assert len((tmp_path / "rejects.jsonl").read_text().splitlines()) == 1


@pytest.mark.usefixtures("waits")
def test_a_server_that_lists_the_newest_first_is_read_as_a_whole_each_time(server: StatisticsList, tmp_path: Path) -> None:
    server.documents.reverse()
    pull(server, tmp_path)
    server.documents.insert(0, document(250))
    assert "251 documents, 1 new, 250 known" in pull(server, tmp_path)


@pytest.mark.usefixtures("waits")
def test_a_refused_pull_is_an_error_of_the_command(server: StatisticsList, tmp_path: Path) -> None:
    server.failures = [(401, {})]
    with pytest.raises(CommandError, match="does not accept"):
        pull(server, tmp_path)


@pytest.mark.usefixtures("waits")
def test_a_token_is_taken_without_the_line_break_after_it(server: StatisticsList, tmp_path: Path) -> None:
    assert "250 new" in pull(server, tmp_path, "secret\r\n")
    assert server.tokens == {"secret"}


@pytest.mark.parametrize("token", ["sec\nret", "sec\0ret", "secrét"])
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(server: StatisticsList, tmp_path: Path, token: str) -> None:
    with pytest.raises(CommandError, match="copy them again") as refusal:
        pull(server, tmp_path, token)
    assert "ret" not in str(refusal.value)


@pytest.mark.parametrize("token", ["sec\nret", "secrłt"])
def test_a_header_that_cannot_be_sent_is_not_shown(server: StatisticsList, token: str) -> None:
    with pytest.raises(RequestFailed, match="is not valid") as failure:
        Requests(server.url, {"X-Auth-Token": token}).get("")
    assert "sec" not in str(failure.value)


@pytest.mark.usefixtures("waits")
def test_our_own_server_is_read_too(live_server: Any, viewer: Person) -> None:
    taken = generation.generate(Origin.COMMAND)
    pages = ServerPages(Requests(live_server.url, viewer.headers))
    [own] = pages.documents()
    assert own.value is not None
    assert translate(own.value).document["totalUsers"] == taken.document["totalUsers"]


@pytest.mark.parametrize("text", ["https://chat.example.org", "https://chat.example.org/", "https://chat.example.org/api/v1/"])
def test_an_address_is_accepted_with_and_without_its_end(text: str) -> None:
    assert server_address(text) == "https://chat.example.org"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chat.example.org", "not the address of a server"),
        ("ftp://chat.example.org", "not the address of a server"),
        ("https://chat.example.org:port", "not the address of a server"),
        ("https://chat.example.org:99999", "not the address of a server"),
        ("https://chat.exa mple.org", "not the address of a server"),
        ("https://[::1", "not the address of a server"),
        ("https://user:pass@chat.example.org", "not the address of a server"),
        ("http://chat.example.org:3000", "in the clear"),
        ("http://127.0.0.1.example.org", "in the clear"),
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        server_address(text)


def test_a_server_on_this_machine_needs_no_encryption() -> None:
    assert server_address("http://localhost:3000") == "http://localhost:3000"
    assert server_address("http://[::1]:3000") == "http://[::1]:3000"
