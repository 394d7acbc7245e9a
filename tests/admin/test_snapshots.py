"""The admin: reading and taking snapshots, and the chat's own tables."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from statistics_app.exceptions import NotAnswered
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from statsproject.chat.models import ImportProgress, Subscription, Team, Upload
from statsproject.chat.statistics_source import WorkspaceSource
from tests.conftest import Person
from tests.factories import NOON, make_messages, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/snapshot/"
TAKE = f"{LIST}take/"
CHAT = [model._meta.model_name for model in apps.get_app_config("chat").get_models()]


def store(days: int = 0, origin: Origin = Origin.SCHEDULE, problems: dict[str, str] | None = None, host: str = "h") -> Snapshot:
    """Store a snapshot of a given number of days later than noon."""
    key, moment = make_id(), NOON + timedelta(days=days)
    document = {"_id": key, "createdAt": wire_time(moment), "totalUsers": 1234, "os": {"type": "<Linux>"}}
    return Snapshot.objects.create(
        id=key, created_at=moment, origin=origin, took_ms=7, host=host, problems=problems or {}, body=Snapshot.body_of(document)
    )


def page_of(snapshot: Snapshot, action: str = "change") -> str:
    return f"{LIST}{snapshot.pk}/{action}/"


@pytest.fixture
def root(admin_person: Person) -> Client:
    """Return the browser of a superuser."""
    return admin_person.browser()


@pytest.fixture
def staff(member: Person) -> Client:
    """Return the browser of a staff user without any permissions."""
    member.user.is_staff = True
    member.user.save()
    return member.browser()


@pytest.fixture
def analyst(viewer: Person) -> Client:
    """Return the browser of a staff user with the permission to view statistics."""
    viewer.user.is_staff = True
    viewer.user.save()
    return viewer.browser()


def listed(client: Client, **parameters: Any) -> list[str]:
    """Return the IDs in the list, with the given filters."""
    response = client.get(LIST, parameters)
    assert response.status_code == 200, response.headers
    return [snapshot.pk for snapshot in response.context["cl"].result_list]


def test_the_list_shows_the_newest_first(root: Client) -> None:
    ids = [store(days).pk for days in range(3)]
    assert listed(root) == ids[::-1]
    assert "1,234" in root.get(LIST).content.decode()


def test_the_list_does_not_count_or_skip_all_snapshots_one_by_one(root: Client) -> None:
    for days in range(3):
        store(days)
    with CaptureQueriesContext(connection) as queries:
        listed(root)
    statements = [query["sql"] for query in queries.captured_queries if "COUNT(*)" in query["sql"]]
    assert not [sql for sql in statements if '"statistics_app_snapshot"' in sql and "WHERE" not in sql]
    assert not [query["sql"] for query in queries.captured_queries if "DISTINCT" in query["sql"]]


def test_the_empty_list_can_be_opened(root: Client) -> None:
    assert listed(root) == []
    assert not Snapshot.objects.exists()


def test_the_list_can_be_filtered_by_date(root: Client) -> None:
    march, april = store(0), store(40)
    assert listed(root, created_at__year=2026, created_at__month=4) == [april.pk]
    assert listed(root, created_at__year=2026, created_at__month=3, created_at__day=2) == [march.pk]
    assert "created_at__month=4" in root.get(LIST).content.decode()


def test_the_list_can_be_filtered_by_origin(root: Client) -> None:
    made = {origin: store(origin=origin).pk for origin in Origin}
    assert {origin: listed(root, origin__exact=origin.value) for origin in Origin} == {key: [pk] for key, pk in made.items()}


def test_the_list_can_be_filtered_by_problems(root: Client) -> None:
    whole, broken = store(0), store(1, problems={"totalThreads": "Nobody knows."})
    assert listed(root, problems="yes") == [broken.pk]
    assert listed(root, problems="no") == [whole.pk]
    assert listed(root) == [broken.pk, whole.pk]


def test_snapshots_are_found_by_id_and_by_host(root: Client) -> None:
    here, there = store(0, host="here.example"), store(1, host="there.example")
    assert listed(root, q=here.pk) == [here.pk]
    assert listed(root, q="there.ex") == [there.pk]
    assert listed(root, q="nowhere") == []


def test_the_detail_shows_the_whole_document(root: Client) -> None:
    snapshot = store(problems={"totalThreads": "Nobody knows."})
    page = root.get(page_of(snapshot)).content.decode()
    assert json.dumps(snapshot.document, indent=2) in unescape(page)
    assert "<Linux>" not in page
    assert "totalThreads: Nobody knows." in page


@pytest.mark.parametrize("who", ["root", "analyst"])
def test_snapshots_cannot_be_changed_added_or_deleted(request: pytest.FixtureRequest, who: str) -> None:
    client, snapshot = request.getfixturevalue(who), store()
    body = snapshot.body
    assert client.get(page_of(snapshot)).status_code == 200
    assert client.post(page_of(snapshot), {"host": "changed", "_save": "Save"}).status_code == 403
    assert client.get(page_of(snapshot, "delete")).status_code == 403
    assert client.post(page_of(snapshot, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}add/", {"host": "added"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [snapshot.pk], "post": "yes"})
    stored = Snapshot.objects.get()
    assert (stored.pk, stored.host, stored.body) == (snapshot.pk, "h", body)


@pytest.mark.parametrize("who", ["root", "analyst"])
def test_the_button_takes_a_snapshot_and_opens_it(request: pytest.FixtureRequest, who: str) -> None:
    client = request.getfixturevalue(who)
    assert f'action="{TAKE}"' in client.get(LIST).content.decode()
    response = client.post(TAKE, follow=True)
    taken = Snapshot.objects.get()
    assert response.redirect_chain == [(page_of(taken), 302)]
    assert f'action="{TAKE}"' in response.content.decode()


def results(response: Any) -> list[tuple[str, str]]:
    """Return the messages on a page, with their levels."""
    return [(message.tags, message.message) for message in response.context["messages"]]


def test_the_button_reports_the_duration_and_the_main_numbers(root: Client) -> None:
    make_messages(make_room(), 1200)
    response = root.post(TAKE, follow=True)
    took = Snapshot.objects.get().took_ms
    assert results(response) == [("success", f"A snapshot was taken in {took} ms: messages 1,200, users 1, online 0, rooms 1.")]


class PartlySilentSource(WorkspaceSource):
    """A source that does not answer the questions for threads and rooms."""

    def threads(self) -> int:
        raise NotAnswered("Nobody knows.")

    def rooms(self) -> Any:
        raise NotAnswered("Nobody knows.")


def test_the_button_warns_of_unknown_values(root: Client, settings: Any) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.PartlySilentSource"}
    response = root.post(TAKE, follow=True)
    taken = Snapshot.objects.get()
    (_, success), (kind, warning) = results(response)
    assert success == f"A snapshot was taken in {taken.took_ms} ms: messages 0, users 1, online 0."
    assert kind == "warning"
    assert warning.startswith(f"{len(taken.problems)} values are unknown: ")
    assert {"Rooms", "Threads"} <= set(warning.partition(": ")[2].partition(".")[0].split(", "))


def test_only_a_post_request_takes_a_snapshot(root: Client) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        response = root.generic(method, TAKE)
        assert (response.status_code, response.headers.get("Allow")) == (405, "POST")
    assert not Snapshot.objects.exists()


def test_the_button_requires_the_csrf_token(admin_person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_person.user)
    assert client.post(TAKE).status_code == 403
    assert not Snapshot.objects.exists()


def test_staff_without_the_permission_can_neither_see_nor_take_snapshots(staff: Client) -> None:
    snapshot = store()
    assert staff.get("/admin/").status_code == 200
    assert staff.get(LIST).status_code == 403
    assert staff.get(page_of(snapshot)).status_code in {302, 403}
    response = staff.post(TAKE)
    assert response.status_code in {302, 403}
    assert "snapshot" not in response.headers.get("Location", "")
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "viewer", "inactive"])
def test_users_who_are_not_staff_are_redirected_to_the_admins_login(request: pytest.FixtureRequest, who: str) -> None:
    client = request.getfixturevalue(who).browser()
    for response in (client.get("/admin/"), client.get(LIST), client.post(TAKE)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")
    assert not Snapshot.objects.exists()


@pytest.fixture
def chat(admin_person: Person) -> None:
    """Create at least one row in each of the chat's tables."""
    room = make_room(team=Team.objects.create(name="Team"))
    make_room(parent=room)
    make_messages(room, 3, author=admin_person.user)
    Subscription.objects.create(user=admin_person.user, room=room)
    Upload.objects.create(room=room, user=admin_person.user, name="file.png", size=12)
    ImportProgress.objects.create(file="export/users.jsonl", size=1, modified_ns=1)


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("model", CHAT)
def test_every_chat_table_has_a_list_a_form_and_a_search(root: Client, model: str) -> None:
    listing = reverse(f"admin:chat_{model}_changelist")
    response = root.get(listing)
    assert response.status_code == 200
    rows = response.context["cl"].result_list
    assert rows
    assert root.get(listing, {"q": "x"}).status_code == 200
    assert root.get(reverse(f"admin:chat_{model}_add")).status_code == 200
    assert root.get(reverse(f"admin:chat_{model}_change", args=[rows[0].pk])).status_code == 200


def test_an_account_added_in_the_admin_can_log_in(root: Client, stranger: Person) -> None:
    form = {
        "username": "newcomer",
        "password1": "a long new word 9",
        "password2": "a long new word 9",
        "usable_password": "true",
    }
    assert root.post(reverse("admin:chat_user_add"), form).status_code == 302
    login = stranger.call("POST", "login", json.dumps({"user": "newcomer", "password": "a long new word 9"}))
    assert login.status_code == 200


def test_the_list_of_messages_makes_no_query_per_row(
    root: Client, admin_person: Person, django_assert_max_num_queries: Any
) -> None:
    make_messages(make_room(), 90, author=admin_person.user)
    with django_assert_max_num_queries(10):
        assert root.get(reverse("admin:chat_message_changelist")).status_code == 200
