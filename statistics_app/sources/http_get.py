"""One GET request with a limit for its time and size, whose headers reach no other server than the one that was named."""

import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead, InvalidURL
from ipaddress import ip_address
from threading import Lock, Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import AbstractHTTPHandler, OpenerDirector, ProxyHandler, Request

MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
CHUNK_BYTES = 64 * 1024


class NoAnswer(Exception):
    """There was no usable answer; the message is the end of a sentence that begins with the name of the server.

    `is_lasting` says that there will be none the next time either.
    """

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        super().__init__(message)
        self.is_lasting = is_lasting


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer, whatever its status."""

    status: int
    headers: Message
    body: bytes


def http_get(url: str, headers: Mapping[str, str], seconds: float, most_bytes: int = MOST_BYTES) -> HttpAnswer:
    """Send a request to an `http` or `https` URL and return the answer, within so many seconds.

    A redirect is an answer as well and is not followed. Certificates are verified. The proxies in the environment are used
    for other machines than this one, and for `https` they see neither the headers nor the answer. Errors: NoAnswer.
    """
    answer: Future[HttpAnswer] = Future()
    line = _Line(seconds)
    arguments = (line, url, dict(headers), most_bytes, answer)
    Thread(target=_request, args=arguments, name="statistics-remote", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        # The time-outs of a socket begin again with each byte, and those of name servers are the system's.
        raise NoAnswer(_too_late(seconds)) from None
    finally:
        line.cut()


def is_this_machine(host: str | None) -> bool:
    """Return whether the host of an address is the machine that this runs on, which no proxy reaches."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


class _Line:
    """The connection of one request, which the thread that waits for the answer can cut off.

    It is cut at the socket of the system, below TLS, so that it ends whatever the other thread waits for: a handshake, a line
    of the headers, or the body.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock, self._is_cut = Lock(), False
        self._socket: socket.socket | None = None

    def connect(self, address: Any, timeout: Any = None, source_address: Any = None) -> socket.socket:
        """Connect as `socket.create_connection` does. Errors: TimeoutError if the line was cut meanwhile."""
        connected = socket.create_connection(address, self.seconds, source_address)
        with self._lock:
            if not self._is_cut:
                self._socket = connected.dup()
                return connected
        connected.close()
        raise TimeoutError

    def cut(self) -> None:
        """End the connection, and have the thread that uses it end too."""
        with self._lock:
            self._is_cut, line, self._socket = True, self._socket, None
        if line is None:
            return
        with line:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the server was faster


def _request(line: _Line, url: str, headers: dict[str, str], most_bytes: int, answer: "Future[HttpAnswer]") -> None:
    try:
        request = Request(url, headers=headers)  # noqa: S310 - the caller's URL is one of the two
        with _opener(request.host, line).open(request, timeout=line.seconds) as response:
            answer.set_result(HttpAnswer(response.status, response.headers, _body(response, most_bytes)))
    except (OSError, HTTPException, ValueError) as error:
        answer.set_exception(_no_answer(error, line.seconds))
    except BaseException as error:  # the waiting thread raises it
        answer.set_exception(error)


def _body(response: HTTPResponse, most_bytes: int) -> bytes:
    """Return the body. Errors: NoAnswer if it is too long, IncompleteRead if it is shorter than announced."""
    # One byte more than the most, to learn whether there are more.
    body, announced = bytearray(), response.length
    end = most_bytes + 1 if announced is None else min(announced, most_bytes + 1)
    while len(body) < end and (chunk := response.read1(min(end - len(body), CHUNK_BYTES))):
        body += chunk
    if len(body) > most_bytes:
        raise NoAnswer(f"sent an answer of more than {most_bytes // MEBIBYTE} MB", is_lasting=True)
    if announced and len(body) < announced:
        raise IncompleteRead(bytes(body))
    return bytes(body)


def _opener(host: str, line: _Line) -> OpenerDirector:
    """Return an opener for a host, which handles neither redirects nor errors: all of them are answers."""
    opener = OpenerDirector()
    # Another machine's localhost is not this one.
    for handler in (ProxyHandler({} if is_this_machine(urlsplit(f"//{host}").hostname) else None), _LineHandler(line)):
        opener.add_handler(handler)
    return opener


class _LineHandler(AbstractHTTPHandler):
    """Sends requests over a line."""

    http_request = https_request = AbstractHTTPHandler.do_request_

    def __init__(self, line: _Line) -> None:
        super().__init__()
        self.line = line

    def http_open(self, req: Request) -> HTTPResponse:
        """Send a request to an address with `http`."""
        return self.do_open(self._plain, req)

    def https_open(self, req: Request) -> HTTPResponse:
        """Send a request to an address with `https`."""
        return self.do_open(self._encrypted, req)

    def _plain(self, host: str, **options: Any) -> HTTPConnection:
        return self._over_line(HTTPConnection(host, **options))

    def _encrypted(self, host: str, **options: Any) -> HTTPConnection:
        return self._over_line(HTTPSConnection(host, context=ssl.create_default_context(), **options))

    def _over_line(self, connection: HTTPConnection) -> HTTPConnection:
        # What it connects with, before a proxy or TLS take part.
        connection._create_connection = self.line.connect  # type: ignore[attr-defined]
        return connection


def _no_answer(error: Exception, seconds: float) -> NoAnswer:
    """Say what an error means; the texts of those that may quote the request or the answer are left out."""
    cause = error.reason if isinstance(error, URLError) else error
    is_lasting = False
    match cause:
        case TimeoutError():
            text = _too_late(seconds)
        case ssl.SSLCertVerificationError():
            text, is_lasting = f"has a certificate that is not valid: {cause.verify_message}", True
        case ssl.SSLError():
            text = f"does not agree on TLS ({cause.reason})"
        case socket.gaierror():
            text, is_lasting = "cannot be found: its name is not known", cause.errno != socket.EAI_AGAIN
        case InvalidURL() | ValueError():
            text, is_lasting = "cannot be asked: the address, the user id or the token is not valid", True
        case HTTPException():
            text = "broke off its answer, or does not speak HTTP"
        case _:
            text = f"cannot be reached: {getattr(cause, 'strerror', '') or type(cause).__name__}"
    return NoAnswer(text, is_lasting=is_lasting)


def _too_late(seconds: float) -> str:
    return f"did not answer within {seconds:g} s"
