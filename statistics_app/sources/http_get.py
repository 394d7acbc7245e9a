"""One GET request with a limit for its time and size, whose headers reach no other server than the one that was named."""

import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse, IncompleteRead
from threading import Thread
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

MOST_BYTES = 8 * 1024 * 1024


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

    A redirect is an answer as well and is not followed. Certificates are verified. The proxies in the environment are used, and
    for `https` they see neither the headers nor the answer. Errors: NoAnswer.
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
    try:
        with _opener().open(request, timeout=seconds) as response:
            answer.set_result(HttpAnswer(response.status, response.headers, _body(response)))
    except (OSError, HTTPException, ValueError) as error:
        answer.set_exception(NoAnswer(_reason(error, seconds)))
    except BaseException as error:  # the waiting thread raises it
        answer.set_exception(error)


def _body(response: HTTPResponse) -> bytes:
    """Return the body. Errors: NoAnswer if it is too long, IncompleteRead if it is shorter than announced."""
    # One byte more than the most, to learn whether there are more.
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise NoAnswer(f"sent an answer of more than {MOST_BYTES // 1024 // 1024} MB")
    if response.length:
        raise IncompleteRead(body)
    return body


def _opener() -> OpenerDirector:
    """Return an opener that handles neither redirects nor errors: all of them are answers."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(context=ssl.create_default_context())):
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
