"""The app's settings: a dict named `STATISTICS` in the host's settings, merged with the defaults listed here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

DICT_NAME = "STATISTICS"
COUNTED_BY_TALLIES, COUNTED_LIVE = "tallies", "live"

_RATE = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour)")
# Printable ASCII, so that they can be part of a request. In an address, a password would be shown to everybody.
_ADDRESS = re.compile(r"https?://[!$->A-~]+")
_CREDENTIAL = re.compile(r"[!-~]{1,200}")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
# A hundred years: anything longer is a mistake, and overflows somewhere.
_MOST_SECONDS = 100 * 366 * 86_400
# Charts in steps of 15 minutes read the snapshots themselves.
LEAST_DAYS = 7
# Web servers stop a request after 120 seconds.
MOST_REMOTE_SECONDS = 100


class Rate(NamedTuple):
    """At most `limit` requests in `seconds` seconds."""

    limit: int
    seconds: int


@lru_cache(maxsize=100)
def parse_rate(text: str) -> Rate | None:
    """Parse `N/second`, `N/minute` or `N/hour`; an empty text is None, no limit. Errors: ValueError."""
    if not text:
        return None
    if (match := _RATE.fullmatch(text)) is None:
        raise ValueError(f"'{text}' is not a rate such as 10/minute.")
    return Rate(int(match[1]), _SECONDS[match[2]])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _MOST_SECONDS


def _is_days(value: Any) -> bool:
    return _is_positive_integer(value) and value * 86_400 <= _MOST_SECONDS


def _is_positive_integer(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    if not isinstance(value, str) or (value and not _ADDRESS.fullmatch(value)):
        return False
    try:
        return not value or (bool(urlsplit(value).hostname) and urlsplit(value).port != 0)
    except ValueError:
        return False


def _is_credential(value: Any) -> bool:
    return isinstance(value, str) and (not value or bool(_CREDENTIAL.fullmatch(value)))


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_networks(value: Any) -> bool:
    try:
        return isinstance(value, (list, tuple)) and all(isinstance(one, str) and bool(ip_network(one)) for one in value)
    except ValueError:
        return False


def _is_rate(value: Any) -> bool:
    try:
        return isinstance(value, str) and (parse_rate(value) is not None or not value)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default, which values it accepts, and what it is for; values with secrets are not shown."""

    name: str
    default: Any
    meaning: str
    accepts: Callable[[Any], bool]
    expected: str
    is_secret: bool = False


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EXPECTED_RATE = "a rate such as '10/minute' (per second, minute or hour), or '' for no limit"

SETTINGS = (
    Setting(
        "SOURCE",
        "statistics_app.sources.base.ChatSource",
        "Dotted path of the class that answers questions about the chat.",
        _is_text,
        "a dotted path such as 'myproject.chat.statistics_source.Source'",
    ),
    Setting(
        "COUNTING",
        COUNTED_BY_TALLIES,
        "How rows are counted: by triggers that maintain running counts, or live, by a query over all rows.",
        lambda value: value in (COUNTED_BY_TALLIES, COUNTED_LIVE),
        "'tallies' or 'live'",
    ),
    Setting(
        "INTERVAL",
        3600,
        "Seconds between two scheduled snapshots; slots begin at multiples of it since 1970, UTC.",
        _is_positive_integer,
        "a whole number of seconds, 1 or more",
    ),
    Setting(
        "WEEK_START",
        "monday",
        "The day on which weeks begin, in charts by week and in the ranges that pages offer.",
        lambda value: value in WEEKDAYS,
        f"one of {', '.join(repr(day) for day in WEEKDAYS)}",
    ),
    Setting(
        "HIDE_PEOPLE_BELOW",
        0,
        "Numbers of active people below this are not shown anywhere; 0 shows them all. 5 is a usual choice where few could be "
        "recognized.",
        _is_integer,
        "a whole number, 0 or more",
    ),
    Setting(
        "KEEP_SNAPSHOTS_DAYS",
        90,
        "Days for which every snapshot is kept; of older ones only the last of each day is kept, forever.",
        lambda value: _is_days(value) and value >= LEAST_DAYS,
        f"a whole number of days, {LEAST_DAYS} or more, so that no snapshot is removed before it is rolled up",
    ),
    Setting(
        "REMOTE_URL",
        "",
        "The address of a server whose statistics the source `statistics_app.sources.remote.RemoteSource` asks for.",
        _is_address,
        "an address such as 'https://chat.example.com', without a user, a query and a fragment",
        is_secret=True,
    ),
    Setting(
        "REMOTE_USER_ID",
        "",
        "The id of the account that asks the remote server.",
        _is_credential,
        "a text of up to 200 letters, digits and signs, without spaces",
        is_secret=True,
    ),
    Setting(
        "REMOTE_TOKEN",
        "",
        "A personal access token of that account.",
        _is_credential,
        "a text of up to 200 letters, digits and signs, without spaces",
        is_secret=True,
    ),
    Setting(
        "REMOTE_SECONDS",
        60,
        "Time limit for the remote server's answer; after it there is no snapshot.",
        lambda value: _is_number(value) and value <= MOST_REMOTE_SECONDS,
        f"a number of seconds above 0, {MOST_REMOTE_SECONDS} or less, so that a web server does not give up before",
    ),
    Setting(
        "QUESTION_SECONDS",
        30,
        "Time limit for one question to the chat's tables; after it the question's keys are null.",
        _is_number,
        "a number of seconds above 0",
    ),
    Setting(
        "PROBE_SECONDS",
        5,
        "Time limit for one probe of the machine; after it the probe's key is null.",
        _is_number,
        "a number of seconds above 0",
    ),
    Setting(
        "HEARTBEAT_SECONDS",
        5,
        "Seconds between two heartbeats of a server instance; one that misses three of them is no longer counted.",
        _is_number,
        "a number of seconds above 0",
    ),
    Setting(
        "TRUST_SECONDS",
        1,
        "Seconds for which a web server may use credentials and the newest snapshot again without asking the database; "
        "a revoked token may read for as long. 0 asks at every request.",
        lambda value: not isinstance(value, bool) and (value == 0 or (_is_number(value) and value <= 1)),
        "a number of seconds from 0 to 1",
    ),
    Setting("LOGIN_TOKEN_DAYS", 90, "Days until a login token expires.", _is_days, "a whole number of days, 1 or more"),
    Setting(
        "LOGIN_TOKENS_PER_USER",
        50,
        "How many login tokens one user may have; a new one beyond that removes the oldest.",
        _is_positive_integer,
        "a whole number, 1 or more",
    ),
    Setting("THROTTLE_LOGIN", "10/minute", "How often one address may try to log in with one name.", _is_rate, _EXPECTED_RATE),
    Setting(
        "THROTTLE_LOGIN_ADDRESS",
        "60/minute",
        "How many log-ins from one address may fail, whatever the names; of IPv6, from one /64 network.",
        _is_rate,
        _EXPECTED_RATE,
    ),
    Setting("THROTTLE_READ", "600/minute", "How often one token may read.", _is_rate, _EXPECTED_RATE),
    Setting(
        "THROTTLE_REFRESH",
        "12/minute",
        "How often one token may request a new snapshot, and one person on the pages.",
        _is_rate,
        _EXPECTED_RATE,
    ),
    Setting(
        "EMBED_DAYS",
        90,
        "Days after which the address of an embedded chart expires; 0 ends all of them, and no more are made.",
        lambda value: (_is_integer(value) and value == 0) or _is_days(value),
        "a whole number of days, 0 or more",
    ),
    Setting(
        "TRUSTED_PROXIES",
        0,
        "Number of your own proxies in front of the server, each of which appends to `X-Forwarded-For`.",
        _is_integer,
        "a whole number, 0 or more",
    ),
    Setting(
        "HEALTH_NETWORKS",
        ("127.0.0.0/8", "::1/128"),
        "Networks whose probes `/livez` and `/readyz` answer; for all others there are no such paths.",
        _is_networks,
        "a list of networks such as '10.0.0.0/8'",
    ),
    Setting(
        "DENIED_STATUS",
        403,
        "HTTP status of a response to a user without the permission; Rocket.Chat itself sends 400.",
        lambda value: value in (403, 400),
        "403 or 400",
    ),
    Setting("DEPLOY_METHOD", "tar", "The value of `deploy.method`.", _is_text, "a text that is not empty"),
    Setting("DEPLOY_PLATFORM", "selfinstall", "The value of `deploy.platform`.", _is_text, "a text that is not empty"),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def setting(name: str) -> Any:
    """Return the host's value of a setting, or its default. Errors: KeyError for a name that is not in the table."""
    known = _BY_NAME[name]
    return getattr(settings, DICT_NAME, {}).get(name, known.default)


def setting_errors() -> Iterator[tuple[str, str]]:
    """Yield every error in the host's dict as a pair: what is wrong, and what would be right."""
    given = getattr(settings, DICT_NAME, {})
    if not isinstance(given, dict):
        yield f"{DICT_NAME} is {type(given).__name__}, not a dict.", f"Write {DICT_NAME} = {{'INTERVAL': 3600}}."
        return
    for name, value in given.items():
        if name not in _BY_NAME:
            yield f"{DICT_NAME}['{name}'] is not a setting.", f"Settings: {', '.join(sorted(_BY_NAME))}."
        elif error := value_error(name, value):
            yield error


def value_error(name: str, value: Any) -> tuple[str, str] | None:
    """Return what is wrong with a value for a setting, and what would be right; None if it can be used."""
    known = _BY_NAME[name]
    if known.accepts(value):
        return None
    shown = "not usable" if known.is_secret else repr(value)
    return f"{DICT_NAME}['{name}'] is {shown}.", f"It must be {known.expected}."
