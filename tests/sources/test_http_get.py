"""GET requests with limits: what is received, and what is said of everything else."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from statistics_app.sources.http_get import MOST_BYTES, NoAnswer, http_get, is_this_machine
from statsproject.programs.processes import free_port
from tests.services.replay_server import KIBIBYTE, ReplayServer, Reply, replay_server

SECRET = {"X-Auth-Token": "the-secret-token"}
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with replay_server() as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that no authority has signed, with its key, in one file."""
    key, signed, both = (tmp_path / name for name in ("key.pem", "signed.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    extension = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(signed)]
    subprocess.run([*command, *extension], check=True, capture_output=True)
    both.write_text(signed.read_text() + key.read_text())
    return both


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_an_answer_of_any_status_is_returned(server: ReplayServer, status: int) -> None:
    server.reply = Reply(status, b"body", {"X-Header": "text"})
    answer = http_get(f"{server.url}/path?a=b", SECRET, 10)
    assert (answer.status, answer.body, answer.headers["X-Header"]) == (status, b"body", "text")
    [request] = server.received
    assert (request.path, request.headers["X-Auth-Token"]) == ("/path?a=b", "the-secret-token")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: ReplayServer, status: int) -> None:
    with replay_server() as other:
        server.reply = Reply(status, headers={"Location": f"{other.url}/"})
        assert http_get(server.url, SECRET, 10).status == status
        assert (len(server.received), other.received) == (1, [])


@pytest.mark.parametrize("after", [0, 5])
def test_an_answer_that_does_not_come_in_time_is_given_up(server: ReplayServer, after: int) -> None:
    server.reply = Reply(200, b"something", pause_after=after)
    with pytest.raises(NoAnswer, match=r"^did not answer within 0\.5 s$"):
        http_get(server.url, SECRET, 0.5)


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer, match="did not answer within"):
        http_get(f"http://127.0.0.1:{silent.getsockname()[1]}", SECRET, 0.5)


# What a server sends first, before it sends a byte now and then.
DRIPPING = {
    "status": ("http", b"HTTP/1.1 200"),
    "headers": ("http", b"HTTP/1.1 200 OK\r\nX-Header: "),
    "body": ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "chunk": ("http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"),
    "handshake": ("https", b"\x16\x03\x03\x40\x00"),
}


@pytest.mark.parametrize(("scheme", "first"), DRIPPING.values(), ids=DRIPPING)
def test_a_server_that_sends_a_byte_now_and_then_keeps_no_thread(scheme: str, first: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dripping:

        def drip() -> None:
            connection, _ = dripping.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(first)
                for _ in range(1000):
                    connection.sendall(b"x")
                    time.sleep(0.05)
                left.append("a thread that reads")

        left: list[str] = []
        server = Thread(target=drip)
        server.start()
        with pytest.raises(NoAnswer, match="did not answer within"):
            http_get(f"{scheme}://127.0.0.1:{dripping.getsockname()[1]}", SECRET, 0.5)
        server.join()
        assert left == []
    for thread in [one for one in threading.enumerate() if one.name == "statistics-remote"]:
        thread.join(10)
        assert not thread.is_alive()


def test_this_machine_has_many_addresses() -> None:
    assert all(is_this_machine(host) for host in ("localhost", "127.0.0.1", "127.8.8.8", "::1"))
    assert not any(is_this_machine(host) for host in ("localhost.example.com", "10.0.0.1", "", None))


@pytest.mark.parametrize("header", ["sec\nret", "secr\u0142t"])
def test_a_header_that_cannot_be_sent_is_not_shown(server: ReplayServer, header: str) -> None:
    with pytest.raises(NoAnswer, match=r"^cannot be asked: .* is not valid$") as caught:
        http_get(server.url, {"X-Auth-Token": header}, 10)
    assert caught.value.is_lasting


def test_no_proxy_is_asked_for_this_machine(server: ReplayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.reply = Reply(200, b"direct")
    assert http_get(server.url, SECRET, 10).body == b"direct"


def test_an_answer_in_chunks_is_put_together() -> None:
    with socket.create_server(("127.0.0.1", 0)) as chunked:

        def talk() -> None:
            connection, _ = chunked.accept()
            with connection:
                connection.recv(65536)
                head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                connection.sendall(head + b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")

        thread = Thread(target=talk)
        thread.start()
        assert http_get(f"http://127.0.0.1:{chunked.getsockname()[1]}", SECRET, 10).body == b"abcdefg"
        thread.join()


def test_of_a_huge_answer_no_more_than_the_limit_is_read(server: ReplayServer) -> None:
    server.reply = Reply(200, KIBIBYTE, repeat=MOST_BYTES // 1024)
    assert len(http_get(server.url, SECRET, 30).body) == MOST_BYTES
    server.reply = Reply(200, KIBIBYTE, repeat=MOST_BYTES // 1024 * 4)
    with pytest.raises(NoAnswer, match=r"^sent an answer of more than 8 MB$"):
        http_get(server.url, SECRET, 30)


def test_an_answer_that_breaks_off_is_none(server: ReplayServer) -> None:
    server.reply = Reply(200, b"half", {"Content-Length": "8"})
    with pytest.raises(NoAnswer, match=r"^broke off its answer"):
        http_get(server.url, SECRET, 10)


def test_a_server_that_speaks_another_protocol_has_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def talk() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 the-secret-token\r\n")

        thread = Thread(target=talk)
        thread.start()
        with pytest.raises(NoAnswer, match=r"^broke off its answer, or does not speak HTTP$"):
            http_get(f"http://127.0.0.1:{other.getsockname()[1]}", SECRET, 10)
        thread.join()


def test_a_port_where_nobody_listens_cannot_be_reached() -> None:
    with pytest.raises(NoAnswer, match=r"^cannot be reached: Connection refused$"):
        http_get(f"http://127.0.0.1:{free_port()}", SECRET, 10)


def test_a_name_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NoAnswer, match=r"^cannot be found: its name is not known$"):
        http_get("http://chat.invalid", SECRET, 30)


@needs_openssl
def test_a_certificate_of_no_known_authority_is_refused(certificate: Path) -> None:
    with replay_server(certificate) as server:
        with pytest.raises(NoAnswer, match=r"^has a certificate that is not valid: self-signed certificate$"):
            http_get(server.url, SECRET, 10)
        assert server.received == []


@needs_openssl
def test_a_certificate_of_another_name_is_refused(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with replay_server(certificate) as server:
        server.reply = Reply(200, b"trusted")
        assert http_get(server.url, SECRET, 10).body == b"trusted"
        with pytest.raises(NoAnswer, match=r"^has a certificate that is not valid: Hostname mismatch"):
            http_get(server.url.replace("127.0.0.1", "localhost"), SECRET, 10)
        assert len(server.received) == 1


def test_a_server_without_tls_does_not_agree_on_it(server: ReplayServer) -> None:
    with pytest.raises(NoAnswer, match=r"^does not agree on TLS"):
        http_get(server.url.replace("http:", "https:"), SECRET, 10)
    assert server.received == []
