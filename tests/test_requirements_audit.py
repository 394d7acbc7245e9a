"""`make audit` fails for a vulnerability, and for whatever else is wrong, but not where nobody can be asked."""

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from statsproject.programs.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "requirements" / "run.txt"
VULNERABLE = {
    "vulns": [{"id": "PYSEC-2099-1", "affected": [{"package": {"name": "django", "ecosystem": "PyPI"}, "ranges": []}]}]
}
NOT_CHECKED = "The requirements were not checked for vulnerabilities: {} cannot be reached.\n"


@contextmanager
def advisories(answer: bytes, status: int = HTTPStatus.OK) -> Iterator[tuple[str, list[str]]]:
    """Serve the same answer for django, and none for other packages; yield the URL and the names that were asked about."""
    asked: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"])
            body = answer if asked[-1] == "django" else b"{}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Do not log the requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
        finally:
            server.shutdown()
            thread.join()


def audit(url: str, monkeypatch: pytest.MonkeyPatch, path: Path = RUN) -> tuple[int, str]:
    """Return the status and the output of an audit that asks the service at a URL."""
    monkeypatch.setenv("OSV_URL", url)
    command = [sys.executable, "-m", "requirements.audit", "--requirement", str(path), "--timeout", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_an_audit_asks_about_every_pinned_requirement_of_this_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    with advisories(b"{}") as (url, asked):
        assert audit(url, monkeypatch) == (0, "No known vulnerabilities found\n")
    everywhere = re.findall(r"^([a-z0-9-]+)(?:\[.+\])?==\S+ \\$", RUN.read_text(), re.MULTILINE)
    assert len(everywhere) >= 30
    assert set(everywhere) <= set(asked)


def test_an_audit_fails_for_a_vulnerability_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with advisories(json.dumps(VULNERABLE).encode()) as (url, _):
        status, output = audit(url, monkeypatch)
    assert status == 1
    assert "django" in output
    assert "PYSEC-2099-1" in output


def test_an_audit_says_that_it_could_not_check_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    assert audit(url, monkeypatch) == (0, NOT_CHECKED.format(url))


def test_an_audit_says_that_it_could_not_check_where_no_answer_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert audit(url, monkeypatch) == (0, NOT_CHECKED.format(url))


def test_an_audit_says_that_it_could_not_check_while_the_service_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    with advisories(b"", HTTPStatus.SERVICE_UNAVAILABLE) as (url, _):
        assert audit(url, monkeypatch) == (0, NOT_CHECKED.format(url))


@pytest.mark.parametrize(("answer", "status"), [(b"{}", HTTPStatus.NOT_FOUND), (b"<html>", HTTPStatus.OK)])
def test_an_audit_fails_if_the_service_answers_something_else(
    answer: bytes, status: HTTPStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with advisories(answer, status) as (url, _):
        assert audit(url, monkeypatch)[0] == 1


def test_an_audit_fails_for_a_requirement_without_hashes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("django>=5\n")
    with advisories(b"{}") as (url, _):
        assert audit(url, monkeypatch, path)[0] == 1
