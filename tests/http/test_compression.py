"""Whether a client asks for gzip."""

import pytest

from statistics_app.http.compression import accepts_gzip


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br,gzip ; q=0.001", True),
        ("gzip;q=0", False),
        ("deflate, gzip; q=0.000", False),
        ("", False),
        ("*", False),
        ("identity", False),
        ("xgzip, gzip-like", False),
        ("br;q=gzip", False),
    ],
)
def test_accept_encoding(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected
