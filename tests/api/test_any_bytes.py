"""The same over a socket: bytes that no client would send, to a running server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.programs import Programs

from .any_input import KINDS
from .any_values import any_bytes
from .bare import FORM, JSON, MULTIPART, Answer, Bare, Headers, send
from .table import require_contract
from .test_any_input import SignedIn, lengths
from .worst import worst

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What the server refuses before the application hears of it: it says so by the status alone.
REFUSED_BY_THE_SERVER = {400, 414, 431}
# Granian hands a header that is not ASCII on as an empty one where it speaks WSGI: a refusal of credentials, or nothing.
LOST_BY_WSGI = "any header: no UTF-8 at the end"
LINE_ENDS = b"\r\n"

header_lines = st.builds(lambda name, value: name + b": " + value, any_bytes, any_bytes)
lines = st.one_of(header_lines, any_bytes)


@pytest.fixture(params=["wsgi", "asgi"])
def url(running: Programs, request: pytest.FixtureRequest) -> str:
    """Start the server."""
    start = {"wsgi": running.web, "asgi": running.web_by_asgi}[request.param]
    return start(STATISTICS_THROTTLE_LOGIN="", STATISTICS_THROTTLE_READ="", STATISTICS_THROTTLE_REFRESH="")[1]


def require_contract_or_silence(answer: Answer, method: str = "GET") -> None:
    """See that an answer is the contract's, or the server's own."""
    if answer.status in REFUSED_BY_THE_SERVER and not answer.body:
        assert "content-type" not in answer.headers, answer
    else:
        require_contract(answer, method)


def on_one_line(bare: Bare) -> Bare:
    """Keep what is between the lines of HTTP there: what else a request could hold is `lines`."""
    headers = tuple((name, value.translate(None, LINE_ENDS)) for name, value in bare.headers)
    return Bare(bare.method, bare.path, bare.query.translate(None, b" " + LINE_ENDS), headers, bare.body)


@lengths
def test_every_answer_over_a_socket_is_one_that_the_contract_knows(url: str, signed_in: SignedIn, length: settings) -> None:
    @settings(length, max_examples=3 * length.max_examples)
    @given(st.one_of(*KINDS.values()))
    def judge(bare: Bare) -> None:
        require_contract_or_silence(send(url, on_one_line(bare.with_headers(signed_in())).wire()), bare.method)

    judge()


@lengths
def test_lines_that_are_no_headers_make_no_failure(url: str, signed_in: SignedIn, length: settings) -> None:
    begin = Bare(headers=signed_in()).wire().removesuffix(LINE_ENDS)

    @length
    @given(lines)
    def judge(line: bytes) -> None:
        require_contract_or_silence(send(url, begin + line + LINE_ENDS * 2))

    judge()


def test_the_dearest_input_is_refused_and_the_server_serves_on(url: str, credentials: Headers) -> None:
    for name, bare in worst(credentials).items():
        answer = send(url, on_one_line(bare).wire())
        require_contract_or_silence(answer, bare.method)
        assert 400 <= answer.status < 500 or name == LOST_BY_WSGI, name
    assert send(url, Bare(headers=credentials).wire()).status == 200


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART])
def test_ten_megabytes_are_refused_and_the_server_serves_on(url: str, credentials: Headers, media_type: bytes) -> None:
    large = Bare("POST", b"/api/v1/login", headers=(("Content-Type", media_type),), body=b"[" * 10_000_000)
    answer = send(url, large.wire())
    require_contract(answer)
    assert answer.status == 413
    assert send(url, Bare(headers=credentials).wire()).status == 200
