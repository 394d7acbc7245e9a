"""Parsing of rates."""

import pytest

from statistics_app.conf import Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1/second", Rate(1, 1)),
        ("10/minute", Rate(10, 60)),
        ("999999999/hour", Rate(999_999_999, 3600)),
        ("", None),
    ],
)
def test_a_rate_is_a_number_per_second_minute_or_hour(text: str, rate: Rate | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text",
    [
        *("10", "/minute", "10/", "10/day", "10/minutes", "10/m", "10/MINUTE", "ten/minute", "10 / minute", " "),
        *("0/minute", "-1/minute", "+1/minute", "1.5/minute", "1e3/minute", "010/minute", "1_0/minute", "1000000000/hour"),
        *("10/minute ", "10/minute\n", " 10/minute", "10/minute,20/hour", "٣/minute", "10/minute/second"),
    ],
)
def test_any_other_text_is_rejected_and_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="is not a rate such as 10/minute") as caught:
        parse_rate(text)
    assert f"'{text}'" in str(caught.value)
