"""The reverse proxy of deploy/nginx, in front of real servers."""

import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from statsproject.programs.processes import is_listening, wait_until
from tests.services.nginx import MISSING, Nginx, find_nginx
from tests.services.programs import Programs

pytestmark = pytest.mark.slow
FORGED = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "Forwarded": "for=192.0.2.1",
    "X_Forwarded_For": "192.0.2.1",
    "X-Request-ID": "forged",
}


@pytest.fixture(autouse=True)
def nginx_or_a_message(record_property: Callable[[str, object], None]) -> None:
    """Skip the tests where there is no nginx, or no openssl for its certificate, and report that at the end of the run."""
    if find_nginx() is None or shutil.which("openssl") is None:
        record_property("message", MISSING)
        pytest.skip(MISSING)


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it gets."""

    def do_GET(self) -> None:
        body = json.dumps(self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def echo() -> Iterator[int]:
    """Run an echoing server and yield its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def get(nginx: Nginx, path: str, **options: object) -> requests.Response:
    """Send a GET over TLS."""
    certificate = str(nginx.folder / "tls" / "fullchain.pem")
    with requests.Session() as session:
        session.trust_env = False
        return session.get(
            f"https://127.0.0.1:{nginx.https}{path}", verify=certificate, timeout=30, allow_redirects=False, **options
        )


@pytest.fixture
def in_front_of_an_echo(nginx_or_a_message: None, tmp_path: Path) -> Iterator[Nginx]:
    """A proxy whose servers show what they get."""
    with echo() as port:
        nginx = Nginx(tmp_path / "nginx", (port, port))
        program = nginx.start()
        try:
            yield nginx
        finally:
            program.stop(signal.SIGQUIT)


def test_what_a_client_says_of_itself_is_dropped(in_front_of_an_echo: Nginx) -> None:
    received = dict(get(in_front_of_an_echo, "/statistics/", headers=FORGED).json())
    assert received["X-Forwarded-For"] == "127.0.0.1"
    assert received["X-Forwarded-Proto"] == "https"
    assert received["Host"] == f"127.0.0.1:{in_front_of_an_echo.https}"
    assert len(received["X-Request-ID"]) == 32
    assert not {"X-Forwarded-Host", "X-Forwarded-Port", "Forwarded", "X_Forwarded_For"} & set(received)


def test_what_is_for_operators_is_hidden(in_front_of_an_echo: Nginx) -> None:
    paths = ("/livez", "/readyz", "/metrics", "/metrics/", "/api/metrics", "//livez", "/%6Civez", "/statistics/../readyz")
    assert {path: get(in_front_of_an_echo, path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_the_link_of_a_display_is_not_logged(in_front_of_an_echo: Nginx) -> None:
    for path in ("/statistics/display/open/?token=secret&page=workspace", "/statistics/display/?theme=dark"):
        assert get(in_front_of_an_echo, path).status_code == 200
    log = in_front_of_an_echo.folder / "access.log"
    wait_until(lambda: "theme=dark" in log.read_text(), "The line of the second request", [])
    assert "secret" not in log.read_text()


def test_http_is_redirected_and_the_configuration_has_no_fault(in_front_of_an_echo: Nginx) -> None:
    url = f"http://127.0.0.1:{in_front_of_an_echo.http}/api/v1/login?a=b"
    response = requests.post(url, timeout=30, allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (308, "https://127.0.0.1/api/v1/login?a=b")
    result = subprocess.run([*in_front_of_an_echo.command, "-t"], capture_output=True, text=True, check=False)
    assert (result.returncode, "warn" in result.stderr) == (0, False), result.stderr


def test_servers_that_are_restarted_in_turn_refuse_no_request(running: Programs, tmp_path: Path) -> None:
    servers = {port: program for program, url in (running.web(), running.web()) for port in [int(url.rpartition(":")[2])]}
    nginx = Nginx(tmp_path / "nginx", tuple(servers))  # type: ignore[arg-type]
    running.running.append(nginx.start())
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.append(get(nginx, "/statistics/sign-in/").status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for port, program in servers.items():
            wait_for_more(statuses)
            program.stop()
            assert not is_listening(port)
            wait_for_more(statuses)
            running.running.remove(program)
            running.web(port)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {200}


def wait_for_more(statuses: list[int]) -> None:
    """Wait until some more requests have been answered."""
    seen = len(statuses)
    wait_until(lambda: len(statuses) >= seen + 5, "A response", [])
