"""Fuzzing over a socket: arbitrary bytes sent to a running server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.programs import Programs

from .error_contract import require_contract
from .expensive_requests import expensive_requests
from .raw_requests import FORM, JSON, MULTIPART, Headers, RawRequest, RawResponse, send
from .request_strategies import KINDS
from .test_fuzzing import SignedIn, lengths
from .value_strategies import any_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# The server itself rejects some requests before the application sees them, by the status alone.
REFUSED_BY_THE_SERVER = {400, 414, 431}
# Granian passes a header with non-ASCII characters to a WSGI application as an empty one.
EMPTIED_BY_WSGI = "any header: invalid UTF-8 at the end"
LINE_ENDS = b"\r\n"

header_lines = st.builds(lambda name, value: name + b": " + value, any_bytes, any_bytes)
lines = st.one_of(header_lines, any_bytes)


@pytest.fixture(params=["wsgi", "asgi"])
def url(running: Programs, request: pytest.FixtureRequest) -> str:
    """The URL of a server of either interface, without throttles."""
    start = {"wsgi": running.web, "asgi": running.asgi}[request.param]
    throttles = ("LOGIN", "LOGIN_ADDRESS", "READ", "REFRESH")
    return start(**{f"STATISTICS_THROTTLE_{name}": "" for name in throttles})[1]


def require_contract_or_server_error(response: RawResponse, method: str = "GET") -> None:
    """Assert that a response conforms to the contract, or is an empty one of the server itself."""
    if response.status in REFUSED_BY_THE_SERVER and not response.body:
        assert "content-type" not in response.headers, response
    else:
        require_contract(response, method)


def on_one_line(request: RawRequest) -> RawRequest:
    """Remove line ends from the headers and the query, where they would begin another line; `lines` covers those."""
    headers = tuple((name, value.translate(None, LINE_ENDS)) for name, value in request.headers)
    return RawRequest(request.method, request.path, request.query.translate(None, b" " + LINE_ENDS), headers, request.body)


@lengths
def test_every_response_over_a_socket_conforms_to_the_contract(url: str, signed_in: SignedIn, length: settings) -> None:
    @settings(length, max_examples=3 * length.max_examples)
    @given(st.one_of(*KINDS.values()))
    def check(request: RawRequest) -> None:
        require_contract_or_server_error(send(url, on_one_line(request.with_headers(signed_in())).wire()), request.method)

    check()


@lengths
def test_invalid_header_lines_cause_no_failure(url: str, signed_in: SignedIn, length: settings) -> None:
    begin = RawRequest(headers=signed_in()).wire().removesuffix(LINE_ENDS)

    @length
    @given(lines)
    def check(line: bytes) -> None:
        require_contract_or_server_error(send(url, begin + line + LINE_ENDS * 2))

    check()


def test_the_most_expensive_requests_are_refused_and_the_server_stays_up(url: str, credentials: Headers) -> None:
    for name, request in expensive_requests(credentials).items():
        response = send(url, on_one_line(request).wire())
        require_contract_or_server_error(response, request.method)
        assert 400 <= response.status < 500 or name == EMPTIED_BY_WSGI, name
    assert send(url, RawRequest(headers=credentials).wire()).status == 200


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART])
def test_ten_megabytes_are_refused_and_the_server_stays_up(url: str, credentials: Headers, media_type: bytes) -> None:
    large = RawRequest("POST", b"/api/v1/login", headers=(("Content-Type", media_type),), body=b"[" * 10_000_000)
    response = send(url, large.wire())
    require_contract(response)
    assert response.status == 413
    assert send(url, RawRequest(headers=credentials).wire()).status == 200
