"""The system checks: errors in settings or declarations prevent the start, with a hint how to fix them."""

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from pytest_django import Settings

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.declared_presence import Since
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, UploadTable, UserTable
from statsproject.chat.statistics_source import WorkspaceSource

ROOT = Path(__file__).resolve().parent.parent
NOT_A_CLASS = object()


class LostSource(WorkspaceSource):
    """A source that declares a table and two columns that do not exist."""

    user_table = UserTable(model="chat.Person")
    room_table = RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(kind="c")})
    message_table = MessageTable(model="chat.Message", room="room", sent_at="sent")


class ElsewhereSource(WorkspaceSource):
    """A source with messages whose `room` refers to a table other than the rooms'."""

    message_table = MessageTable(model="chat.Message", room="author", sent_at="sent_at")


class FarSource(WorkspaceSource):
    """A source with messages that refer to their room through another table."""

    message_table = MessageTable(model="chat.Message", room="thread_root__room", sent_at="sent_at")


class StrangersSource(WorkspaceSource):
    """A source whose messages and subscriptions do not name an account of their own, nor its files a room."""

    message_table = MessageTable(model="chat.Message", room="room", sent_at="sent_at", author="thread_root__author")
    subscription_table = SubscriptionTable(model="chat.Subscription", last_seen="last_seen_at", user="room")
    upload_table = UploadTable(model="chat.Upload", size="size", room="user")


def ours() -> list[CheckMessage]:
    """Run all checks and return the app's messages."""
    return [message for message in run_checks() if str(message.id).startswith("statistics_app.")]


def use(settings: Settings, **changed: Any) -> None:
    """Change some of the host's settings."""
    settings.STATISTICS = {**settings.STATISTICS, **changed}


def test_the_host_passes_all_checks() -> None:
    assert ours() == []


@pytest.mark.parametrize(
    "changed",
    [
        *({"INTERVAL": 0}, {"COLOUR": "red"}, {"SOURCE": None}, {"THROTTLE_LOGIN": "often"}, {"THROTTLE_READ": "1/day"}),
        *({"THROTTLE_REFRESH": None}, {"TRUSTED_PROXIES": -1}, {"DENIED_STATUS": 500}),
    ],
)
def test_an_invalid_setting_is_e001(settings: Settings, changed: dict[str, Any]) -> None:
    use(settings, **changed)
    [message] = ours()
    assert message.id == "statistics_app.E001"
    assert message.is_serious()
    assert message.hint


def test_settings_that_are_not_a_dict_are_e001(settings: Settings) -> None:
    settings.STATISTICS = ["INTERVAL"]
    assert [message.id for message in ours()] == ["statistics_app.E001"]


@pytest.mark.parametrize(
    "path",
    [
        "nowhere.to.be.Found",
        "statsproject.chat.statistics_source.Nothing",
        "Source",
        ".Source",
        "two words",
        "a..b",
        "statistics_app.sources.base.RoomKind",
        f"{__name__}.NOT_A_CLASS",
    ],
)
def test_a_source_that_cannot_be_loaded_is_e002(settings: Settings, path: str) -> None:
    use(settings, SOURCE=path)
    [message] = ours()
    assert message.id == "statistics_app.E002"
    assert "SOURCE" in str(message.hint)


def test_each_declaration_that_does_not_fit_is_e003(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.LostSource")
    messages = ours()
    assert {message.id for message in messages} == {"statistics_app.E003"}
    assert len(messages) == 3
    for message, name in zip(messages, ("Person", "kind", "sent"), strict=True):
        assert name in message.msg
        assert "LostSource" in str(message.hint)


def test_messages_that_refer_to_another_table_than_the_rooms_are_e003(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.ElsewhereSource")
    assert [message.id for message in ours()] == ["statistics_app.E003"]


def test_an_account_that_triggers_cannot_note_or_that_is_none_is_e003(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.StrangersSource")
    assert [message.msg for message in ours()] == [
        "MessageTable(chat.Message).author: 'thread_root__author' follows a relation; a column of the table itself is needed.",
        "SubscriptionTable(chat.Subscription).user: 'room' does not lead to chat.User.",
        "UploadTable(chat.Upload).room: 'user' does not lead to chat.Room.",
    ]


def test_messages_that_refer_to_their_room_through_another_table_are_valid(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.FarSource")
    assert ours() == []


def test_the_check_command_fails_with_the_error_and_the_hint(settings: Settings) -> None:
    use(settings, INTERVAL="hourly")
    with pytest.raises(SystemCheckError, match=r"E001\) STATISTICS\['INTERVAL'\] is 'hourly'") as caught:
        call_command("check")
    assert "HINT: It must be a whole number of seconds" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("STATISTICS_INTERVAL", "0", "It must be a whole number of seconds, 1 or more"),
        ("STATISTICS_THROTTLE_LOGIN", "ten", "It must be a rate such as '10/minute'"),
        ("STATISTICS_DENIED_STATUS", "200", "It must be 403 or 400"),
    ],
)
def test_an_invalid_setting_prevents_the_start(tmp_path: Path, name: str, value: str, hint: str) -> None:
    environment = {**os.environ, name: value, "VAR_DIR": str(tmp_path), "DATABASE_URL": "sqlite://:memory:"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.run(
        [sys.executable, "manage.py", "generate_statistics"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "statistics_app.E001" in process.stderr
    assert f"HINT: {hint}" in process.stderr
    assert "Traceback" not in process.stderr


class FarUsersSource(WorkspaceSource):
    """A source that distinguishes accounts by another table."""

    user_table = UserTable(model="chat.User", active=Q(subscriptions__isnull=False))


class FarTypesSource(WorkspaceSource):
    """A source that looks presence up, and distinguishes accounts by another table."""

    user_table = UserTable(
        model="chat.User",
        presence={Presence.ONLINE: Since("last_login", minutes=5)},
        types={UserType.BOT: Q(subscriptions__isnull=True)},
    )


class RecentUsersSource(WorkspaceSource):
    """A source that compares a time with the present one."""

    user_table = UserTable(model="chat.User", presence={Presence.ONLINE: Q(last_login__gte=Now() - timedelta(minutes=5))})


def database_checks() -> list[CheckMessage]:
    """Run all checks, including those of the database, and return the app's messages."""
    return [message for message in run_checks(databases=["default"]) if str(message.id).startswith("statistics_app.")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_each_running_count_that_is_not_installed_is_w001_with_a_hint_how_to_install_it() -> None:
    assert database_checks() == []
    call_command("tallies", "uninstall", stdout=StringIO())
    try:
        messages = database_checks()
        assert {message.id for message in messages} == {"statistics_app.W001"}
        assert len(messages) == 5
        assert "The running count of messages is not installed, so it is not used." in [message.msg for message in messages]
        assert "manage.py tallies install" in str(messages[0].hint)
    finally:
        call_command("tallies", "install", stdout=StringIO())
    assert database_checks() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_rows_that_triggers_cannot_count_are_i001(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.FarUsersSource")
    [message] = [message for message in database_checks() if message.id == "statistics_app.I001"]
    assert message.msg == "users are counted live. The declaration of chat.User depends on more than the row itself: active."


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_presence_that_is_compared_with_the_present_time_has_the_line_to_write(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.RecentUsersSource")
    [message] = [message for message in database_checks() if message.id == "statistics_app.I001"]
    line = 'UserTable(model="chat.User", …, presence={Presence.ONLINE: Since("last_login", minutes=5), …})'
    assert str(message.hint).endswith(f"for example: {line}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_presence_that_is_looked_up_is_no_reason_to_look_it_up(settings: Settings) -> None:
    use(settings, SOURCE=f"{__name__}.FarTypesSource")
    [message] = [message for message in database_checks() if message.id == "statistics_app.I001"]
    assert message.msg.endswith("depends on more than the row itself: types[bot].")
    assert "Since" not in str(message.hint)


@pytest.mark.django_db
def test_a_source_that_cannot_be_loaded_skips_the_database_checks(settings: Settings) -> None:
    use(settings, SOURCE="nowhere.to.be.Found")
    assert [message.id for message in database_checks()] == ["statistics_app.E002"]


def test_a_project_without_time_zones_is_e004(settings: Settings) -> None:
    settings.USE_TZ = False
    assert [message.id for message in ours()] == ["statistics_app.E004"]


def test_pages_whose_templates_cannot_be_found_are_w003(settings: Settings) -> None:
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "DIRS": []}]
    [message] = ours()
    assert message.id == "statistics_app.W003"
    assert "APP_DIRS" in (message.hint or "")


def test_a_host_without_a_source_is_w002(settings: Settings) -> None:
    settings.STATISTICS = {name: value for name, value in settings.STATISTICS.items() if name != "SOURCE"}
    [message] = ours()
    assert message.id == "statistics_app.W002"
    assert "null" in message.msg


@pytest.mark.parametrize("line", ["import nothing_of_that_name", "UserTable(model='chat.User', colour='red')", "1 / 0"])
def test_a_source_that_cannot_be_imported_is_named_with_its_file_and_line(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    module = f"source_{abs(hash(line))}"
    (tmp_path / f"{module}.py").write_text(f"from statistics_app.sources.tables import UserTable\n\n{line}\n")
    monkeypatch.syspath_prepend(tmp_path)
    use(settings, SOURCE=f"{module}.Source")
    [message] = ours()
    assert message.id == "statistics_app.E002"
    assert f"({tmp_path / module}.py, line 3)" in message.msg


@pytest.mark.parametrize(
    ("pool", "ids"),
    [
        (True, []),
        ({}, []),
        ({"min_size": 0, "max_size": 2}, []),
        ({"min_size": 1, "max_size": 1}, ["statistics_app.E005"]),
        ({"min_size": 1, "max_size": None}, ["statistics_app.E005"]),
        ({"min_size": 1}, ["statistics_app.E005"]),
    ],
)
def test_a_pool_of_one_connection_is_an_error_that_names_the_database(
    monkeypatch: pytest.MonkeyPatch, pool: Any, ids: list[str]
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", pool)
    found = ours()
    assert [message.id for message in found] == ids
    assert all("'default' has one connection; two are needed" in message.msg for message in found)
