"""The app in a project that we do not know: other tables, another user model, another mount, hostile settings."""

import json

import pytest
from django.apps import apps

from .project import Project

NOT_DECLARED = {
    **{f"{presence}Users": "presence" for presence in ("online", "away", "busy", "offline", "totalConnected")},
    "totalPinned": "pinned messages",
    "teams": "teams",
    "lastSeenSubscription": "reading of rooms",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose tables are made and filled."""
    project = Project(tmp_path_factory.mktemp("otherchat"))
    project.manage("migrate", "--run-syncdb", "--verbosity", "0")
    filled = project.run("tests.otherchat.fill")
    assert filled.returncode == 0, filled.stderr
    return project


def test_the_stranger_is_no_part_of_our_own_host() -> None:
    assert not apps.is_installed("tests.otherchat")


def test_the_project_has_no_faults(project: Project) -> None:
    assert "no issues" in project.manage("check", "--fail-level", "WARNING").stdout


def test_the_app_wants_no_migration_of_its_own_there(project: Project) -> None:
    ended = project.run("django", "makemigrations", "--check", "--dry-run", "statistics_app")
    assert ended.returncode == 0, ended.stdout


def test_a_snapshot_counts_the_strangers_tables(project: Project) -> None:
    document = json.loads(project.manage("generate_statistics", "--json").stdout)
    assert {key: value for key, value in document.items() if key.startswith("total") or key.endswith("Users")} == {
        "totalUsers": 5,
        "activeUsers": 3,
        "nonActiveUsers": 2,
        "onlineUsers": None,
        "awayUsers": None,
        "busyUsers": None,
        "offlineUsers": None,
        "totalConnectedUsers": None,
        "appUsers": 0,
        "botUsers": 1,
        "totalRooms": 6,
        "totalChannels": 2,
        "totalPrivateGroups": 1,
        "totalDirect": 2,
        "totalLivechat": 1,
        "totalMessages": 18,
        "totalChannelMessages": 12,
        "totalPrivateGroupMessages": 3,
        "totalDirectMessages": 2,
        "totalLivechatMessages": 1,
        "totalThreads": 2,
        "totalDiscussions": 1,
        "totalDiscussionsMessages": 4,
        "totalPinned": None,
    }
    assert (document["uploadsTotal"], document["uploadsTotalSize"]) == (3, 6_000_000_000)
    assert document["userLanguages"] == {"none": 4, "ne": 1}
    assert document["lastLogin"] == "2099-01-01T00:00:00.000Z"
    assert document["lastMessageSentAt"] == "2026-03-03T12:00:00.000Z"
    assert document["deploy"] == {"method": "by hand", "platform": "selfinstall"}
    assert document["migration"]["locked"] is False


def test_what_is_not_declared_is_null_and_named(project: Project) -> None:
    ended = project.manage("generate_statistics", "--json")
    document = json.loads(ended.stdout)
    assert {key for key, value in document.items() if value is None} == set(NOT_DECLARED)
    assert set(ended.stderr.splitlines()) == {
        f"{key} is unknown: This workspace's source says nothing about {what}." for key, what in NOT_DECLARED.items()
    }


def test_kinds_that_are_said_by_exclusion_count_the_same(project: Project) -> None:
    excluding = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.ByExclusionSource"})
    one, other = (json.loads(p.manage("generate_statistics", "--json").stdout) for p in (project, excluding))
    counted = [key for key in one if key.startswith("total")]
    assert {key: other[key] for key in counted} == {key: one[key] for key in counted}


def test_a_manager_that_hides_rows_hides_none_from_the_count(project: Project) -> None:
    deleted_too = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.DeletedTooSource"})
    document = json.loads(deleted_too.manage("generate_statistics", "--json").stdout)
    assert (document["totalChannelMessages"], document["totalThreads"]) == (13, 3)


def test_a_source_that_does_not_fit_stops_the_start(project: Project) -> None:
    lost = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.Nothing"})
    ended = lost.run("django", "generate_statistics")
    assert ended.returncode == 1
    assert "statistics_app.E002" in ended.stderr


def test_the_api_answers_below_the_strangers_mount(project: Project) -> None:
    headers = project.headers("ada")
    refreshed, plain, listed, me = project.ask(
        {"path": "/chat-api/v1/statistics?refresh=true", "headers": headers},
        {"path": "/chat-api/v1/statistics/", "headers": {**headers, "Accept": "text/html"}},
        {"path": "/chat-api/v1/statistics.list?count=1", "headers": headers},
        {"path": "/chat-api/v1/me", "headers": headers},
    )
    assert [answer["status"] for answer in (refreshed, plain, listed, me)] == [200] * 4
    assert {answer["type"] for answer in (refreshed, plain, listed, me)} == {"application/json"}
    assert plain["text"] == refreshed["text"]
    [row] = json.loads(listed["text"])["statistics"]
    assert {**row, "success": True} == json.loads(plain["text"])
    assert json.loads(me["text"])["_id"] == headers["X-User-Id"]
    assert json.loads(me["text"])["username"] == "ada"


def test_who_may_come_in_is_the_apps_affair_and_not_the_hosts_defaults(project: Project) -> None:
    password = {"user": "ada@other.example", "password": "a stranger's password"}
    statuses = [
        answer["status"]
        for answer in project.ask(
            {"path": "/chat-api/v1/statistics"},
            {"path": "/chat-api/v1/statistics", "headers": project.headers("bob")},
            {"path": "/chat-api/v1/login", "method": "POST", "data": password},
            {"path": "/chat-api/v1/login", "method": "POST", "data": {**password, "password": "wrong"}},
            {"path": "/chat-api/info"},
            {"path": "/chat-api/v1/nothing"},
        )
    ]
    assert statuses == [401, 403, 200, 401, 200, 404]


def test_members_of_the_ready_group_may_see_statistics(project: Project) -> None:
    assert project.manage("create_token", "eve").stderr == ""
    [page, api] = project.ask(
        {"path": "/inside/numbers/", "signed_in_as": "eve"},
        {"path": "/chat-api/v1/statistics", "headers": project.headers("eve")},
    )
    assert (page["status"], api["status"]) == (200, 200)


def test_a_token_without_the_permission_says_which_is_missing(project: Project) -> None:
    ended = project.manage("create_token", "bob")
    assert "may not see statistics" in ended.stderr
    assert project.manage("create_token", "ada").stderr == ""


def test_the_pages_stand_where_the_stranger_wants_them(project: Project) -> None:
    project.manage("generate_statistics")
    seen, forbidden, sent_away, sign_in = project.ask(
        {"path": "/inside/numbers/", "signed_in_as": "ada"},
        {"path": "/inside/numbers/", "signed_in_as": "bob"},
        {"path": "/inside/numbers/"},
        {"path": "/inside/numbers/sign-in/"},
    )
    assert [answer["status"] for answer in (seen, forbidden, sent_away, sign_in)] == [200, 403, 302, 200]
    assert "/inside/numbers/snapshots/" in seen["text"]
