"""One GET request with a limit for its time and size, whose headers reach no other server than the one that was named."""

import socket
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse, IncompleteRead
from threading import Thread
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

MOST_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
# The hosts that no proxy is asked for.
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class NoAnswer(Exception):
    """There was no usable answer; the message is the end of a sentence that begins with the name of the server."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer, whatever its status."""

    status: int
    headers: Message
    body: bytes


def http_get(url: str, headers: Mapping[str, str], seconds: float) -> HttpAnswer:
    """Send a request to an `http` or `https` URL and return the answer, within so many seconds.

    A redirect is an answer as well and is not followed. Certificates are verified. The proxies in the environment are used
    for other machines than this one, and for `https` they see neither the headers nor the answer. Errors: NoAnswer.
    """
    answer: Future[HttpAnswer] = Future()
    arguments = (Request(url, headers=dict(headers)), seconds, answer)  # noqa: S310 - the caller's URL is one of the two
    Thread(target=_request, args=arguments, name="statistics-remote", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        # The time-outs of a socket begin again with each byte, and those of name servers are the system's.
        raise NoAnswer(_too_late(seconds)) from None


def _request(request: Request, seconds: float, answer: "Future[HttpAnswer]") -> None:
    deadline = time.monotonic() + seconds
    try:
        with _opener(request.host).open(request, timeout=seconds) as response:
            answer.set_result(HttpAnswer(response.status, response.headers, _body(response, deadline)))
    except (OSError, HTTPException, ValueError) as error:
        answer.set_exception(NoAnswer(_reason(error, seconds)))
    except BaseException as error:  # the waiting thread raises it
        answer.set_exception(error)


def _body(response: HTTPResponse, deadline: float) -> bytes:
    """Return the body, read as it comes, so that a server that sends a byte now and then does not keep the thread.

    Errors: NoAnswer if it is too long, IncompleteRead if it is shorter than announced, TimeoutError after the deadline.
    """
    # One byte more than the most, to learn whether there are more.
    body, announced = bytearray(), response.length
    end = MOST_BYTES + 1 if announced is None else min(announced, MOST_BYTES + 1)
    while len(body) < end and (chunk := response.read1(min(end - len(body), CHUNK_BYTES))):
        body += chunk
        if time.monotonic() > deadline:
            raise TimeoutError
    if len(body) > MOST_BYTES:
        raise NoAnswer(f"sent an answer of more than {MOST_BYTES // 1024 // 1024} MB")
    if announced and len(body) < announced:
        raise IncompleteRead(bytes(body))
    return bytes(body)


def _opener(host: str) -> OpenerDirector:
    """Return an opener for a host, which handles neither redirects nor errors: all of them are answers."""
    opener = OpenerDirector()
    # Another machine's localhost is not this one.
    proxies = ProxyHandler({} if urlsplit(f"//{host}").hostname in THIS_MACHINE else None)
    for handler in (proxies, HTTPHandler(), HTTPSHandler(context=ssl.create_default_context())):
        opener.add_handler(handler)
    return opener


def _reason(error: Exception, seconds: float) -> str:
    """Say what an error means; the texts of those that may quote the request or the answer are left out."""
    cause = error.reason if isinstance(error, URLError) else error
    match cause:
        case TimeoutError():
            return _too_late(seconds)
        case ssl.SSLCertVerificationError():
            return f"has a certificate that is not valid: {cause.verify_message}"
        case ssl.SSLError():
            return f"does not agree on TLS ({cause.reason})"
        case socket.gaierror():
            return "cannot be found: its name is not known"
        case HTTPException():
            return "broke off its answer, or does not speak HTTP"
        case _:
            return f"cannot be reached: {getattr(cause, 'strerror', '') or type(cause).__name__}"


def _too_late(seconds: float) -> str:
    return f"did not answer within {seconds:g} s"
