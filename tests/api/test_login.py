"""`login`, `logout`, `me` and `info`."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from statistics_app import __version__
from statistics_app.accounts import tokens
from statistics_app.models import AccessToken
from statistics_app.models.access_token import digest_of
from statsproject.chat.models import User
from tests.conftest import PASSWORD, Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

REFUSED = b'{"status":"error","error":"Unauthorized","message":"Unauthorized"}'
FORM = "application/x-www-form-urlencoded"
MAIL = "member@chat.example"


def log_in(body: Any, content_type: str = "application/json") -> Any:
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client(raise_request_exception=False).generic("POST", "/api/v1/login", data, content_type)


def person_of(response: Any) -> Person:
    """Return the person with the token of a successful login."""
    assert response.status_code == 200, response.content
    data = response.json()["data"]
    return Person(User.objects.get(pk=data["userId"]), data["authToken"])


def test_a_login_returns_id_token_and_me(member: Person) -> None:
    response = log_in({"user": "member", "password": PASSWORD})
    document = response.json()
    assert document.keys() == {"status", "data"}
    assert document["status"] == "success"
    assert document["data"].keys() == {"userId", "authToken", "me"}
    assert document["data"]["me"]["_id"] == document["data"]["userId"] == member.user.pk
    assert document["data"]["me"]["username"] == "member"
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert person_of(response).get("me").status_code == 200


@pytest.mark.parametrize(
    "account",
    [
        {"user": "member"},
        {"user": MAIL},
        {"username": "member"},
        {"email": MAIL},
        {"email": MAIL.upper()},
        {"user": {"username": "member"}},
        {"user": {"email": MAIL}},
    ],
)
def test_each_way_to_name_an_account_is_accepted(member: Person, account: dict[str, Any]) -> None:
    assert person_of(log_in({**account, "password": PASSWORD})).user == member.user


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON;charset=UTF-8"]
)
def test_json_is_read_with_and_without_a_charset(member: Person, content_type: str) -> None:
    assert person_of(log_in({"user": "member", "password": PASSWORD}, content_type)).user == member.user


@pytest.mark.parametrize("name", ["user", "username"])
@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8"])
def test_a_form_is_read_too(member: Person, name: str, content_type: str) -> None:
    assert person_of(log_in(urlencode({name: "member", "password": PASSWORD}), content_type)).user == member.user


def test_names_and_passwords_may_have_any_letters(member: Person) -> None:
    member.user.username, password = "Jürgen-Ω", "pässwörd ☂ 日本"
    member.user.set_password(password)
    member.user.save()
    body = {"user": "Jürgen-Ω", "password": password}
    for written in (json.dumps(body), json.dumps(body, ensure_ascii=False).encode()):
        assert person_of(log_in(written)).user == member.user
    assert person_of(log_in(urlencode(body), FORM)).user == member.user


def test_a_login_sets_the_last_login(member: Person) -> None:
    assert member.user.last_login is None
    before = timezone.now()
    log_in({"user": "member", "password": PASSWORD})
    member.user.refresh_from_db()
    assert before <= member.user.last_login <= timezone.now()


def test_resume_returns_the_same_token_and_keeps_its_expiry(member: Person) -> None:
    expiry = timezone.now() + timedelta(days=3)
    AccessToken.objects.filter(user=member.user).update(expires_at=expiry)
    response = log_in({"resume": member.token})
    assert person_of(response) == member
    assert response.json()["data"]["me"]["_id"] == member.user.pk
    assert AccessToken.objects.get(user=member.user).expires_at == expiry
    member.user.refresh_from_db()
    assert member.user.last_login is not None


def test_an_invalid_token_is_not_resumed(member: Person, inactive: Person) -> None:
    AccessToken.objects.filter(user=member.user).update(expires_at=timezone.now())
    for token in (member.token, inactive.token, "unknown", digest_of(member.token)):
        response = log_in({"resume": token})
        assert (response.status_code, response.content) == (401, REFUSED)


@pytest.mark.parametrize(
    "secret",
    [
        {"hashed": "5e884898da28"},
        {"hashed": {"digest": "5e884898da28", "algorithm": "sha-256"}},
        {"password": {"digest": "5e884898da28", "algorithm": "sha-256"}},
        {"hashed": "5e884898da28", "password": PASSWORD},
    ],
)
def test_hashed_passwords_are_refused_in_json(member: Person, secret: dict[str, Any]) -> None:
    response = log_in({"user": "member", **secret})
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert "ashed" in response.json()["error"]


def test_an_email_that_two_accounts_share_is_refused(member: Person) -> None:
    User.objects.create_user("twin", MAIL.upper(), PASSWORD)
    for account in ({"email": MAIL}, {"user": MAIL}, {"user": {"email": MAIL}}):
        response = log_in({**account, "password": PASSWORD})
        assert (response.status_code, response.content) == (401, REFUSED)
    assert person_of(log_in({"user": "member", "password": PASSWORD})).user == member.user


def test_a_username_in_other_case_is_accepted_if_one_account_fits(member: Person) -> None:
    assert member.user
    assert log_in({"user": member.user.username.upper(), "password": PASSWORD}).status_code == 200
    User.objects.create_user(member.user.username.upper(), password="another")
    assert log_in({"user": member.user.username, "password": PASSWORD}).status_code == 200
    assert log_in({"user": member.user.username.upper(), "password": PASSWORD}).status_code == 401
    assert log_in({"user": member.user.username.title(), "password": PASSWORD}).status_code == 401


def test_a_username_takes_precedence_over_anothers_email(member: Person) -> None:
    namesake = User.objects.create_user(MAIL, "other@chat.example", "another password")
    assert person_of(log_in({"user": MAIL, "password": "another password"})).user == namesake
    assert log_in({"user": MAIL, "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("nobody", PASSWORD),
        ("member", "wrong"),
        ("member", PASSWORD.upper()),
        ("inactive", PASSWORD),
        ("inactive", "wrong"),
        ("nobody@chat.example", PASSWORD),
        (MAIL, "wrong"),
        ("x" * 5000, PASSWORD),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", FORM])
def test_all_refusals_look_alike(member: Person, inactive: Person, name: str, password: str, content_type: str) -> None:
    body = {"user": name, "password": password}
    response = log_in(urlencode(body) if content_type == FORM else body, content_type)
    assert (response.status_code, response.content) == (401, REFUSED)
    assert response.headers["WWW-Authenticate"] == 'X-Auth-Token realm="api"'
    assert not User.objects.exclude(last_login=None).exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": "member"},
        {"password": PASSWORD},
        {"user": "member", "password": ""},
        {"user": "", "password": PASSWORD},
        {"resume": ""},
        *(
            {"user": wrong, "password": PASSWORD}
            for wrong in (1, None, True, [], ["member"], {}, {"username": 1}, {"name": "x"})
        ),
        *({"user": "member", "password": wrong} for wrong in (1, None, True, [PASSWORD])),
        *({"username": wrong, "password": PASSWORD} for wrong in (1, None, {"username": "member"})),
        *({"resume": wrong} for wrong in (1, None, True, [], {})),
    ],
)
def test_a_missing_or_mistyped_value_is_a_bad_parameter(member: Person, body: dict[str, Any]) -> None:
    response = log_in(body)
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert response.json().keys() == {"success", "errorType", "error"}


def test_the_fifty_newest_login_tokens_are_kept(member: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN": "", "THROTTLE_LOGIN_ADDRESS": ""}
    people = [person_of(log_in({"user": "member", "password": PASSWORD})) for _ in range(51)]
    assert AccessToken.objects.filter(user=member.user).count() == 50
    assert [person.get("me").status_code for person in (member, people[0], people[1], people[-1])] == [401, 401, 200, 200]


def test_a_password_change_revokes_login_tokens_and_no_others(member: Person, viewer: Person) -> None:
    personal = Person(member.user, tokens.issue_personal_token(member.user, "monitoring"))
    member.user.set_password("another password")
    member.user.save()
    assert [person.get("me").status_code for person in (member, personal, viewer)] == [401, 200, 200]
    assert log_in({"resume": member.token}).status_code == 401


def test_no_response_contains_a_secret(member: Person) -> None:
    login = log_in({"user": "member", "password": PASSWORD})
    person = person_of(login)
    responses = [login, log_in({"resume": person.token}), person.get("me"), person.get("logout")]
    responses += [log_in({"user": "member", "password": "wr0ng-secret"}), log_in({"hashed": "wr0ng-secret"})]
    secrets = [PASSWORD, "wr0ng-secret", member.user.password, digest_of(person.token), AccessToken.objects.get().password_mark]
    for response in responses:
        assert not [secret for secret in secrets if secret.encode() in response.content]
    assert [person.token.encode() in response.content for response in responses] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("method", "body", "content_type"),
    [
        ("GET", "", ""),
        ("POST", "", ""),
        ("POST", "{}", "application/json"),
        ("POST", "null", "application/json"),
        ("POST", "", FORM),
    ],
)
def test_logout_revokes_this_token_immediately_and_no_other(member: Person, method: str, body: str, content_type: str) -> None:
    other = person_of(log_in({"user": "member", "password": PASSWORD}))
    response = member.call(method, "logout", body, content_type)
    assert response.status_code == 200
    assert response.content == b'{"status":"success","data":{"message":"You\'ve been logged out!"}}'
    assert [person.get("me").status_code for person in (member, other)] == [401, 200]
    assert member.call(method, "logout", body, content_type).status_code == 401
    assert log_in({"resume": member.token}).status_code == 401


def test_head_does_not_log_out(member: Person) -> None:
    assert member.call("HEAD", "logout").status_code == 405
    assert member.get("me").status_code == 200


@pytest.mark.parametrize("body", ["[]", "1", "{", '"x"'])
def test_a_malformed_logout_revokes_nothing(member: Person, body: str) -> None:
    assert member.call("POST", "logout", body).status_code == 400
    assert member.get("me").status_code == 200


def test_me_describes_the_user_of_the_credentials(member: Person) -> None:
    member.user.presence = "away"
    member.user.save()
    document = member.get("me").json()
    expected = {
        "_id": member.user.pk,
        "username": "member",
        "name": "member",
        "active": True,
        "email": MAIL,
        "emails": [{"address": MAIL, "verified": False}],
        "status": "away",
        "statusConnection": "online",
        "roles": ["user"],
        "success": True,
    }
    assert {key: document[key] for key in expected} == expected
    assert not [key for key in document if "password" in key.lower() or "services" in key]


def test_me_and_the_login_describe_an_account_alike(admin_person: Person) -> None:
    me = admin_person.get("me").json()
    assert "admin" in me["roles"]
    del me["success"]
    assert log_in({"user": "root", "password": PASSWORD}).json()["data"]["me"] == me


@pytest.mark.parametrize("path", ["/api/info", "/api/info/", "/api/v1/info", "/api/v1/info/"])
def test_info_has_the_full_version_only_for_a_user_who_may_view_statistics(viewer: Person, member: Person, path: str) -> None:
    short = ".".join(__version__.split(".")[:2])
    assert short != __version__
    versions = [Client().get(path, headers=headers).json() for headers in ({}, member.headers, viewer.headers)]
    expected = [{"version": version, "info": {"version": version}, "success": True} for version in (short, short, __version__)]
    assert versions == expected
    assert viewer.browser().get(path).json()["version"] == short
