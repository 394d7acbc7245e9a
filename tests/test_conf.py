"""The settings: defaults, what a host says instead, and every way to say it wrong."""

from typing import Any

import pytest
from pytest_django import Settings

from statistics_app import conf

DEFAULTS = {known.name: known.default for known in conf.SETTINGS}
WHOLE = ["INTERVAL", "LOGIN_TOKEN_DAYS", "LOGIN_TOKENS_PER_USER"]
SECONDS = ["QUESTION_SECONDS", "PROBE_SECONDS", "HEARTBEAT_SECONDS", "REMOTE_SECONDS"]
TEXTS = ["SOURCE", "DEPLOY_METHOD", "DEPLOY_PLATFORM"]
RATES = ["THROTTLE_LOGIN", "THROTTLE_LOGIN_ADDRESS", "THROTTLE_READ", "THROTTLE_REFRESH"]
NO_RATES = ["10", "10/day", "0/minute", "-1/minute", "1.5/second", " ", "10 / minute", 10, None, (10, 60), True]
NO_ADDRESSES = [
    *("chat.example.com", "ftp://chat.example.com", "https://", "https://chat.example.com:0", "https://chat.example.com:70000"),
    *(
        "https://ada:secret@chat.example.com",
        "https://chat.example.com?a=b",
        "https://chat.example.com#a",
        "https://chat example",
    ),
    *("https://[::1", "https://chat.example.com\n", "HTTPS", " ", None, 7),
]
SECRETS = {"REMOTE_URL", "REMOTE_USER_ID", "REMOTE_TOKEN"}
UNUSABLE = [
    *((name, value) for name in WHOLE for value in (0, -1, 1.5, "60", True, None)),
    *((name, value) for name in SECONDS for value in (0, -0.5, "5", False, None, float("nan"), float("inf"))),
    ("REMOTE_SECONDS", 100.5),
    *(("TRUST_SECONDS", value) for value in (-0.1, 1.1, "1", "", None, False, True, float("nan"))),
    *((name, value) for name in TEXTS for value in ("", "  ", None, 7)),
    *((name, value) for name in RATES for value in NO_RATES),
    *(("COUNTING", value) for value in ("", "often", None, True)),
    *(("HIDE_PEOPLE_BELOW", value) for value in (-1, 1.5, "5", None, True)),
    *(("WEEK_START", value) for value in ("Monday", 0, None, "")),
    *(("EMBED_DAYS", value) for value in (-1, 7.5, "90", True, False, None, 10**9)),
    *(("KEEP_SNAPSHOTS_DAYS", value) for value in (0, 6, 7.5, "90", True, None)),
    *(("TRUSTED_PROXIES", value) for value in (-1, 1.5, "1", True, None)),
    *(("HEALTH_NETWORKS", value) for value in ("127.0.0.0/8", ["x"], ["10.0.0.1/8"], [5], [""], 5, None)),
    *(("REMOTE_URL", value) for value in NO_ADDRESSES),
    *(
        (name, value)
        for name in ("REMOTE_USER_ID", "REMOTE_TOKEN")
        for value in ("two words", "line\n", "\u00fc", "x" * 201, None, 7)
    ),
    *(("DENIED_STATUS", value) for value in (401, 404, 500, 0, "403", None, [403])),
]


def test_a_host_that_says_nothing_has_the_defaults(settings: Settings) -> None:
    del settings.STATISTICS
    assert {known.name: conf.setting(known.name) for known in conf.SETTINGS} == DEFAULTS
    assert list(conf.setting_errors()) == []


def test_every_setting_is_tried_with_values_that_it_does_not_accept() -> None:
    assert {known.name for known in conf.SETTINGS} - {name for name, _ in UNUSABLE} == set()


def test_every_default_is_usable() -> None:
    assert [known.name for known in conf.SETTINGS if not known.accepts(known.default)] == []


def test_every_setting_says_what_it_is_for() -> None:
    for known in conf.SETTINGS:
        assert known.meaning.endswith("."), known.name
        assert known.expected, known.name


def test_what_a_host_says_stands_and_the_rest_keeps_its_default(settings: Settings) -> None:
    settings.STATISTICS = {"INTERVAL": 60, "PROBE_SECONDS": 0.5}
    assert (conf.setting("INTERVAL"), conf.setting("PROBE_SECONDS")) == (60, 0.5)
    assert conf.setting("LOGIN_TOKEN_DAYS") == DEFAULTS["LOGIN_TOKEN_DAYS"]
    assert list(conf.setting_errors()) == []


def test_a_setting_that_the_app_does_not_know_is_a_programming_error(settings: Settings) -> None:
    settings.STATISTICS = {"COLOUR": "red"}
    with pytest.raises(KeyError):
        conf.setting("COLOUR")


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_a_value_that_cannot_be_used_is_named_with_what_would_be_right(settings: Settings, name: str, value: Any) -> None:
    settings.STATISTICS = {name: value}
    [(fault, hint)] = conf.setting_errors()
    assert fault == f"STATISTICS['{name}'] is {'not usable' if name in SECRETS else repr(value)}."
    assert hint.startswith("It must be ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in RATES for value in ("", "1/second", "100000/hour")),
        *(("TRUSTED_PROXIES", value) for value in (0, 1, 3)),
        *(("HEALTH_NETWORKS", value) for value in ([], ["10.0.0.0/8"], ("::1",))),
        *(
            ("REMOTE_URL", value)
            for value in ("", "https://chat.example.com/chat/", "http://127.0.0.1:3000", "https://[::1]:3000")
        ),
        *(("REMOTE_TOKEN", value) for value in ("", "a-token_of$signs", "x" * 200)),
        *(("DENIED_STATUS", value) for value in (403, 400)),
    ],
)
def test_a_value_that_can_be_used_is_no_fault(settings: Settings, name: str, value: Any) -> None:
    settings.STATISTICS = {name: value}
    assert list(conf.setting_errors()) == []
    assert conf.setting(name) == value


def test_an_unknown_name_is_named_with_all_that_are_known(settings: Settings) -> None:
    settings.STATISTICS = {"INTERVALL": 60}
    [(fault, hint)] = conf.setting_errors()
    assert "'INTERVALL'" in fault
    assert all(name in hint for name in DEFAULTS)


def test_every_fault_is_named(settings: Settings) -> None:
    settings.STATISTICS = {"INTERVAL": 0, "COLOUR": "red", "SOURCE": "", "PROBE_SECONDS": 2}
    assert len(list(conf.setting_errors())) == 3


@pytest.mark.parametrize("given", [[], "INTERVAL=60", None, 3600])
def test_settings_that_are_no_dict_are_one_fault(settings: Settings, given: Any) -> None:
    settings.STATISTICS = given
    [(fault, hint)] = conf.setting_errors()
    assert type(given).__name__ in fault
    assert "STATISTICS = {" in hint
