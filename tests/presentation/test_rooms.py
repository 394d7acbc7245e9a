"""The texts of tables of rooms."""

import pytest
from django.utils import translation

from statistics_app.history.rooms import RoomActivity
from statistics_app.presentation.rooms import change_of


@pytest.mark.parametrize(
    ("language", "before", "messages", "text"),
    [
        ("en", 200, 2_200, "+2,000 (+1,000 %)"),
        ("de", 200, 2_200, "+2.000 (+1.000 %)"),
        ("en", 200, 199, "−1 (±0 %)"),
        ("en", 0, 5, "+5"),
        ("en", None, 5, "–"),
    ],
)
def test_a_change_is_shown_in_messages_and_in_whole_percent(
    language: str, before: int | None, messages: int, text: str
) -> None:
    with translation.override(language):
        assert change_of(RoomActivity(1, messages, before, None, None, None)) == text
