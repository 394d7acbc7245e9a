"""The management commands: their output and their effects."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from pytest_django import Settings

from statistics_app.models import AccessToken, Snapshot
from statistics_app.models.snapshot import Origin
from statsproject.chat.models import Message, Room, Subscription, Team, Upload, User
from tests.conftest import Person
from tests.factories import make_messages, make_room
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# The quietest hour of the week, with hardly any messages in the seeded workspace.
SUNDAY_NIGHT = "2026-03-01T03:30:00Z"
EMPTY_SOURCE = "statistics_app.sources.base.ChatSource"


def run(*command: str) -> tuple[str, str]:
    """Run a command; return its standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def headers_in(text: str) -> dict[str, str]:
    return dict(line.split(": ") for line in text.splitlines())


def test_generate_statistics_takes_a_snapshot_and_prints_a_summary() -> None:
    make_messages(make_room(), 3)
    out, err = run("generate_statistics")
    snapshot = Snapshot.objects.get()
    assert snapshot.origin == Origin.COMMAND
    assert snapshot.pk in out
    assert "3 messages, 0 users" in out
    assert err == ""


def test_generate_statistics_takes_a_snapshot_each_time() -> None:
    run("generate_statistics")
    run("generate_statistics")
    assert Snapshot.objects.count() == 2


def test_its_json_equals_the_response_of_the_api(viewer: Person) -> None:
    out, err = run("generate_statistics", "--json")
    assert out.removesuffix("\n").encode() == viewer.get("statistics").content
    assert err == ""


def test_unknown_values_are_reported_on_standard_error(settings: Settings, viewer: Person) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": EMPTY_SOURCE}
    out, err = run("generate_statistics", "--json")
    assert json.loads(out)["totalUsers"] is None
    assert "totalUsers is unknown: This workspace's source provides no data about users." in err
    assert out.removesuffix("\n").encode() == viewer.get("statistics").content


@pytest.mark.slow
def test_in_a_shell_standard_output_contains_only_the_json(running: Programs, viewer: Person) -> None:
    done = running.manage("generate_statistics", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.removesuffix("\n").encode() == viewer.get("statistics").content


def test_create_token_prints_valid_headers(viewer: Person) -> None:
    out, err = run("create_token", "viewer")
    headers = headers_in(out)
    assert headers.keys() == {"X-User-Id", "X-Auth-Token"}
    assert err == ""
    assert Client().get("/api/v1/statistics", headers=headers).status_code == 200


def test_create_token_creates_a_personal_token_without_expiry(viewer: Person) -> None:
    headers = headers_in(run("create_token", "viewer", "--name", "monitoring")[0])
    token = AccessToken.objects.get(name="monitoring")
    assert token.expires_at is None
    assert headers["X-Auth-Token"].endswith(token.last_part)
    viewer.user.set_password("another password")
    viewer.user.save()
    assert Client().get("/api/v1/me", headers=headers).json()["username"] == "viewer"


@pytest.mark.parametrize(
    ("text", "expires"), [("2099-01-31", "2099-02-01T00:00"), ("2099-01-31T18:00+05:30", "2099-01-31T12:30")]
)
def test_create_token_takes_a_last_day_or_a_time(viewer: Person, text: str, expires: str) -> None:
    run("create_token", "viewer", "--name", "monitoring", "--expires", text)
    expires_at = AccessToken.objects.get(name="monitoring").expires_at
    assert expires_at is not None
    assert expires_at.isoformat().startswith(expires)


@pytest.mark.parametrize(
    "text",
    [
        *("soon", "", "2020-01-31", "2099-02-30", "2099-01-31T18:00", "2099-01-31T25:00Z"),
        *("9999-12-31", "9999-12-31T23:59-01:00", "0001-01-01T00:00+01:00"),
    ],
)
def test_create_token_rejects_an_invalid_expiry(viewer: Person, text: str) -> None:
    with pytest.raises(CommandError, match=r"--expires must be|cannot expire in the past"):
        run("create_token", "viewer", "--name", "monitoring", "--expires", text)
    assert not AccessToken.objects.filter(name="monitoring").exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb"])
def test_create_token_rejects_an_invalid_name(viewer: Person, name: str) -> None:
    with pytest.raises(CommandError, match="A token needs a name of 1 to 100 printable characters"):
        run("create_token", "viewer", "--name", name)
    assert not AccessToken.objects.personal(viewer.user).exists()


def test_create_token_rejects_a_duplicate_name_and_has_a_default(viewer: Person) -> None:
    run("create_token", "viewer", "--name", "monitoring")
    with pytest.raises(CommandError, match=r"A token with this name already exists$"):
        run("create_token", "viewer", "--name", "monitoring")
    run("create_token", "viewer")
    run("create_token", "viewer")
    assert AccessToken.objects.personal(viewer.user).count() == 3


def test_create_token_warns_if_the_user_lacks_the_permission(member: Person) -> None:
    out, err = run("create_token", "member")
    assert "'member' is not allowed to view statistics yet" in err
    assert "Can view the workspace's statistics" in err
    assert Client().get("/api/v1/me", headers=headers_in(out)).status_code == 200
    assert Client().get("/api/v1/statistics", headers=headers_in(out)).status_code == 403


def test_create_token_for_an_unknown_user_fails() -> None:
    with pytest.raises(CommandError, match="There is no user named 'nobody'"):
        run("create_token", "nobody")
    assert not AccessToken.objects.exists()


@pytest.mark.slow
def test_seed_workspace_fills_the_chat_once() -> None:
    with time_machine.travel(SUNDAY_NIGHT):
        run("seed_workspace")
        kinds = dict(Room.objects.order_by().values_list("type").annotate(Count("pk")))
        types = dict(User.objects.order_by().values_list("type").annotate(Count("pk")))
        threads = Message.objects.exclude(thread_root=None).values("thread_root").distinct().count()
        assert (kinds.keys(), sum(kinds.values())) == ({"c", "p", "d", "l"}, 60)
        assert (types.keys(), sum(types.values())) == ({"user", "bot", "app", "guest"}, 300)
        assert Message.objects.count() == 100_000
        assert 1_000 < threads < Message.objects.exclude(thread_root=None).count()
        assert Upload.objects.count() == 2_400
        assert Team.objects.exists()
        assert Subscription.objects.exists()
        newest = Message.objects.order_by("pk").last()
    with time_machine.travel("2026-03-01T04:15:00Z"):
        assert run("seed_workspace")[0] == "The workspace has already been seeded.\n"
    assert Message.objects.order_by("pk").last().sent_at == newest.sent_at
    assert Message.objects.count() == 100_000
