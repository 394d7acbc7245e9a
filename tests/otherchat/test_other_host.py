"""The app in another host: other tables, other URLs, and settings that conflict with those of this project."""

import json

import pytest
from django.apps import apps

from .project import Project

NOT_DECLARED = {
    **{f"{presence}Users": "presence" for presence in ("online", "away", "busy", "offline", "totalConnected")},
    "totalRoomsWithPinned": "pinned messages",
    "totalPinned": "pinned messages",
    "teams": "teams",
    "roomsInsideTeams": "teams",
    "lastSeenSubscription": "read times of rooms",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The other host, with its tables created and filled."""
    project = Project(tmp_path_factory.mktemp("otherchat"))
    project.manage("migrate", "--run-syncdb", "--verbosity", "0")
    filled = project.run("tests.otherchat.fill")
    assert filled.returncode == 0, filled.stderr
    return project


def test_the_other_host_is_not_part_of_this_project() -> None:
    assert not apps.is_installed("tests.otherchat")


def test_the_system_checks_report_nothing(project: Project) -> None:
    assert "no issues" in project.manage("check", "--fail-level", "WARNING").stdout


def test_no_migration_of_the_app_is_missing(project: Project) -> None:
    result = project.run("django", "makemigrations", "--check", "--dry-run", "statistics_app")
    assert result.returncode == 0, result.stdout


def test_a_snapshot_counts_the_tables_of_the_other_host(project: Project) -> None:
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
        "totalRoomsWithPinned": None,
        "totalPinned": None,
    }
    assert (document["uploadsTotal"], document["uploadsTotalSize"]) == (3, 6_000_000_000)
    assert document["userLanguages"] == {"none": 4, "ne": 1}
    assert document["lastLogin"] == "2099-01-01T00:00:00.000Z"
    assert document["lastMessageSentAt"] == "2026-03-03T12:00:00.000Z"
    assert document["deploy"] == {"method": "by hand", "platform": "selfinstall"}
    assert document["migration"]["locked"] is False


def test_undeclared_fields_are_null_and_reported(project: Project) -> None:
    result = project.manage("generate_statistics", "--json")
    document = json.loads(result.stdout)
    assert {key for key, value in document.items() if value is None} == set(NOT_DECLARED)
    assert set(result.stderr.splitlines()) == {
        f"{key} is unknown: This workspace's source provides no data about {what}." for key, what in NOT_DECLARED.items()
    }


def test_kinds_declared_by_negation_give_the_same_counts(project: Project) -> None:
    excluding = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.ByExclusionSource"})
    one, other = (json.loads(p.manage("generate_statistics", "--json").stdout) for p in (project, excluding))
    counted = [key for key in one if key.startswith("total")]
    assert {key: other[key] for key in counted} == {key: one[key] for key in counted}


def test_rows_hidden_by_a_manager_are_counted(project: Project) -> None:
    deleted_too = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.DeletedTooSource"})
    document = json.loads(deleted_too.manage("generate_statistics", "--json").stdout)
    assert (document["totalChannelMessages"], document["totalThreads"]) == (13, 3)


def test_a_missing_source_prevents_the_start(project: Project) -> None:
    misconfigured = Project(project.folder, {"OTHERCHAT_SOURCE": "tests.otherchat.source.Nothing"})
    result = misconfigured.run("django", "generate_statistics")
    assert result.returncode == 1
    assert "statistics_app.E002" in result.stderr


def test_the_api_responds_under_the_hosts_prefix(project: Project) -> None:
    headers = project.headers("ada")
    refreshed, plain, listed, me = project.request_all(
        {"path": "/chat-api/v1/statistics?refresh=true", "headers": headers},
        {"path": "/chat-api/v1/statistics/", "headers": {**headers, "Accept": "text/html"}},
        {"path": "/chat-api/v1/statistics.list?count=1", "headers": headers},
        {"path": "/chat-api/v1/me", "headers": headers},
    )
    assert [response["status"] for response in (refreshed, plain, listed, me)] == [200] * 4
    assert {response["type"] for response in (refreshed, plain, listed, me)} == {"application/json"}
    assert plain["text"] == refreshed["text"]
    [row] = json.loads(listed["text"])["statistics"]
    assert {**row, "success": True} == json.loads(plain["text"])
    assert json.loads(me["text"])["_id"] == headers["X-User-Id"]
    assert json.loads(me["text"])["username"] == "ada"


def test_authentication_does_not_depend_on_the_hosts_settings(project: Project) -> None:
    password = {"user": "ada@other.example", "password": "the other host's password"}
    statuses = [
        response["status"]
        for response in project.request_all(
            {"path": "/chat-api/v1/statistics"},
            {"path": "/chat-api/v1/statistics", "headers": project.headers("bob")},
            {"path": "/chat-api/v1/login", "method": "POST", "data": password},
            {"path": "/chat-api/v1/login", "method": "POST", "data": {**password, "password": "wrong"}},
            {"path": "/chat-api/info"},
            {"path": "/chat-api/v1/nothing"},
        )
    ]
    assert statuses == [401, 403, 200, 401, 200, 404]


def test_members_of_the_predefined_group_may_view_statistics(project: Project) -> None:
    assert project.manage("create_token", "eve").stderr == ""
    [page, api] = project.request_all(
        {"path": "/inside/numbers/", "signed_in_as": "eve"},
        {"path": "/chat-api/v1/statistics", "headers": project.headers("eve")},
    )
    assert (page["status"], api["status"]) == (200, 200)


def test_creating_a_token_without_the_permission_prints_a_warning(project: Project) -> None:
    result = project.manage("create_token", "bob")
    assert "is not allowed to view statistics" in result.stderr
    assert project.manage("create_token", "ada").stderr == ""


def test_the_pages_are_served_under_the_hosts_prefix(project: Project) -> None:
    project.manage("generate_statistics")
    page, forbidden, redirected, sign_in = project.request_all(
        {"path": "/inside/numbers/", "signed_in_as": "ada"},
        {"path": "/inside/numbers/", "signed_in_as": "bob"},
        {"path": "/inside/numbers/"},
        {"path": "/inside/numbers/sign-in/"},
    )
    assert [response["status"] for response in (page, forbidden, redirected, sign_in)] == [200, 403, 302, 200]
    assert "/inside/numbers/snapshots/" in page["text"]
