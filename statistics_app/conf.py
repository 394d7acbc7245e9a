"""The app's settings: one dict named `STATISTICS` in the host's settings, one table of defaults, one reader."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings

DICT_NAME = "STATISTICS"
COUNTED_BY_TALLIES, COUNTED_LIVE = "tallies", "live"


_WRITTEN = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
# A hundred years: what is longer is a slip, and overflows somewhere.
_MOST_SECONDS = 100 * 366 * 86_400
# What is charted by quarters of an hour is read from the snapshots themselves.
LEAST_DAYS = 7


class Rate(NamedTuple):
    """So many in so many seconds."""

    limit: int
    seconds: int


def parse_rate(text: str) -> Rate | None:
    """Read `N/second`, `N/minute` or `N/hour`; empty is None, no limit; errors: ValueError."""
    if not text:
        return None
    if (written := _WRITTEN.fullmatch(text)) is None:
        raise ValueError(f"'{text}' is no rate such as 10/minute.")
    return Rate(int(written[1]), _SECONDS[written[2]])


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _MOST_SECONDS


def _days(value: Any) -> bool:
    return _positive_whole(value) and value * 86_400 <= _MOST_SECONDS


def _positive_whole(value: Any) -> bool:
    return _positive(value) and isinstance(value, int)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _rate(value: Any) -> bool:
    try:
        return isinstance(value, str) and (parse_rate(value) is not None or not value)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it is when nobody says, what it may be, and what it is for."""

    name: str
    default: Any
    meaning: str
    accepts: Callable[[Any], bool]
    expected: str


_EXPECTED_RATE = "a rate such as '10/minute' (per second, minute or hour), or '' for no limit"

SETTINGS = (
    Setting(
        "SOURCE",
        "statistics_app.sources.base.ChatSource",
        "Dotted path of the class that answers questions about the chat.",
        _text,
        "a dotted path such as 'myproject.chat.statistics_source.Source'",
    ),
    Setting(
        "COUNTING",
        COUNTED_BY_TALLIES,
        "How rows are counted: by triggers that keep running counts, or live, by a query over all of them.",
        lambda value: value in (COUNTED_BY_TALLIES, COUNTED_LIVE),
        "'tallies' or 'live'",
    ),
    Setting(
        "INTERVAL",
        3600,
        "Seconds from one scheduled snapshot to the next; slots begin at multiples of it since 1970, UTC.",
        _positive_whole,
        "a whole number of seconds, 1 or more",
    ),
    Setting(
        "KEEP_SNAPSHOTS_DAYS",
        90,
        "Days for which every snapshot is kept; of older ones the last of each day is kept for ever.",
        lambda value: _days(value) and value >= LEAST_DAYS,
        f"a whole number of days, {LEAST_DAYS} or more, so that nothing goes before it is rolled up",
    ),
    Setting(
        "QUESTION_SECONDS",
        30,
        "How long one question to the chat's tables may take before its keys become null.",
        _positive,
        "a number of seconds above 0",
    ),
    Setting(
        "PROBE_SECONDS",
        5,
        "How long one probe of the machine may take before its key becomes null.",
        _positive,
        "a number of seconds above 0",
    ),
    Setting(
        "HEARTBEAT_SECONDS",
        5,
        "Seconds between two heartbeats of a server instance; one silent for three of them is not counted any more.",
        _positive,
        "a number of seconds above 0",
    ),
    Setting(
        "LOGIN_TOKEN_DAYS",
        90,
        "Days until a login token expires.",
        _days,
        "a whole number of days, 1 or more",
    ),
    Setting(
        "LOGIN_TOKENS_PER_USER",
        50,
        "Login tokens that one user may hold; the oldest goes when one more is made.",
        _positive_whole,
        "a whole number, 1 or more",
    ),
    Setting(
        "THROTTLE_LOGIN",
        "10/minute",
        "How often one address may try to log in under one name.",
        _rate,
        _EXPECTED_RATE,
    ),
    Setting("THROTTLE_READ", "600/minute", "How often one token may read.", _rate, _EXPECTED_RATE),
    Setting("THROTTLE_REFRESH", "12/minute", "How often one token may ask for a new snapshot.", _rate, _EXPECTED_RATE),
    Setting(
        "TRUSTED_PROXIES",
        0,
        "How many proxies of your own stand before the server, each adding to `X-Forwarded-For`.",
        _whole,
        "a whole number, 0 or more",
    ),
    Setting(
        "DENIED_STATUS",
        403,
        "The status that says that a permission is missing; Rocket.Chat itself sends 400.",
        lambda value: value in (403, 400),
        "403 or 400",
    ),
    Setting("DEPLOY_METHOD", "tar", "What `deploy.method` says.", _text, "a text that is not empty"),
    Setting("DEPLOY_PLATFORM", "selfinstall", "What `deploy.platform` says.", _text, "a text that is not empty"),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def setting(name: str) -> Any:
    """Return the host's value of a setting, or its default.

    Raises KeyError for a name that is not in the table: a programming error.
    """
    known = _BY_NAME[name]
    return getattr(settings, DICT_NAME, {}).get(name, known.default)


def setting_errors() -> Iterator[tuple[str, str]]:
    """Name every fault of the host's dict, as pairs of what is wrong and what would be right."""
    given = getattr(settings, DICT_NAME, {})
    if not isinstance(given, dict):
        yield f"{DICT_NAME} is {type(given).__name__}, not a dict.", f"Write {DICT_NAME} = {{'INTERVAL': 3600}}."
        return
    for name, value in given.items():
        known = _BY_NAME.get(name)
        if known is None:
            yield f"{DICT_NAME}['{name}'] is no setting.", f"Known settings: {', '.join(sorted(_BY_NAME))}."
        elif not known.accepts(value):
            yield f"{DICT_NAME}['{name}'] is {value!r}.", f"It has to be {known.expected}."
