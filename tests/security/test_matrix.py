"""Every URL of the project, for every caller, with every method: who gets what is said in `matrix`, line by line."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver, resolve
from django.utils import timezone
from pytest_django import Settings

from statistics_app.accounts.embeds import Embed, sign
from statistics_app.api import health
from statistics_app.models import AccessToken, RemoteCredentials, TallyAudit
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.models import User

from .callers import ELSEWHERE, Caller, Credential, Role, every_caller
from .matrix import ADMIN, DOORS, HEALTH_METHODS, METHODS, Door

pytestmark = pytest.mark.django_db

FACTORY = RequestFactory()
CSRF_TOKEN = "x" * CSRF_SECRET_LENGTH
HOSTS_ADMIN = re.compile("admin/(auth|chat)/")
PARAMETER = re.compile("<[^>]+>")
SNAPSHOT = re.compile(r"/statistics/snapshots/\w{17,24}/")


@pytest.fixture
def callers(settings: Settings) -> list[Caller]:
    """All callers. There are no throttles: each sends hundreds of requests."""
    throttles = ("LOGIN", "LOGIN_ADDRESS", "READ", "REFRESH")
    settings.STATISTICS = {**settings.STATISTICS, **{f"THROTTLE_{name}": "" for name in throttles}}
    return every_caller()


@pytest.fixture
def values(callers: list[Caller]) -> dict[str, Any]:
    """What stands in the paths."""
    RemoteCredentials.objects.store("https://chat.example.com", "id", "encrypted", timezone.now())
    return {
        "snapshot": generation.generate(Origin.COMMAND).pk,
        "embed": sign(Embed("metrics=totalUsers", "light"), User.objects.get(username=Role.VIEWER)),
        "audit": TallyAudit.objects.create(began_at=timezone.now(), took_ms=1, counts=["messages"]).pk,
        "token": AccessToken.objects.order_by("pk")[0].pk,
    }


def routes(resolver: Any, prefix: str = "") -> Iterator[str]:
    """Yield the patterns of all URLs, each with what it is mounted at."""
    for pattern in resolver.url_patterns:
        own = str(pattern.pattern)
        route = prefix + own.removeprefix("^") if prefix else own
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def send(handler: ClientHandler, caller: Caller, method: str, path: str, csrf_token: str = "") -> HttpResponseBase:
    """Return the response to a request whose effects are undone."""
    cookies = {"sessionid": caller.session, "statistics_display": caller.display, "csrftoken": csrf_token}
    headers = {**caller.headers, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items() if value)}
    if csrf_token:
        headers["X-CSRFToken"] = csrf_token
    request = FACTORY.generic(method, path, headers=headers, REMOTE_ADDR=caller.address)
    with transaction.atomic():
        response = handler(request.environ)
        transaction.set_rollback(True)
    return response


def answer_of(response: HttpResponseBase, door: Door, method: str, path: str) -> str:
    """Return the answer as the tables write it."""
    if response.status_code not in {301, 302}:
        return str(response.status_code)
    location = response.headers["Location"]
    # Signing in does not repeat a form, so it leads back to where that was.
    back = path if method == "GET" or door is ADMIN else "/statistics/"
    if location == f"{door.sign_in}?next={quote(back)}":
        return "in"
    if location == "/statistics/sign-in/":
        return "out"
    is_object = door is ADMIN and location.endswith("/change/")
    return "open" if is_object or SNAPSHOT.fullmatch(location) else location


def requests_to(door: Door, callers: list[Caller]) -> Iterator[tuple[Caller, str, str]]:
    """Yield each caller, method and CSRF token.

    Who somebody is depends on the method only in that a token that may change something is always looked up. So all send GET
    and, where tokens count, POST; one caller of each column sends every method. What a superuser's credential of a kind that is
    not accepted does not open, no other of that kind does.
    """
    nobody, *others = callers
    tried = [nobody, *(one for one in others if one.credential in door.accepts or one.role is Role.SUPERUSER)]
    firsts = {door.column_of(caller): caller for caller in reversed(tried)}.values()
    for caller in tried:
        methods = METHODS if caller in firsts else ("GET",) if door.is_form_protected else ("GET", "POST")
        yield from ((caller, method, CSRF_TOKEN if door.is_form_protected else "") for method in methods)
        if caller in firsts and door.is_form_protected:
            yield caller, "POST", ""


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_every_caller_gets_what_the_table_says(door: Door, callers: list[Caller], values: dict[str, Any]) -> None:
    handler, wrong, framed = ClientHandler(), [], []
    for caller, method, csrf_token in requests_to(door, callers):
        for row, answers in door.rows():
            path = row.format(**values)
            is_refused = door.is_form_protected and method == "POST" and not csrf_token
            expected = "403" if is_refused else answers[method][door.column_of(caller)]
            response = send(handler, caller, method, path, csrf_token)
            if (answer := answer_of(response, door, method, path)) != expected:
                wrong.append(f"{method} {row} by {caller.name}, token '{csrf_token[:1]}': {answer} instead of {expected}")
            if not is_safe_from_framing(response):
                framed.append(f"{method} {row} by {caller.name}")
    assert wrong == []
    assert framed == []


def is_safe_from_framing(response: HttpResponseBase) -> bool:
    """Return whether no other site may show a response in a frame."""
    return (
        response.headers.get("X-Frame-Options") == "DENY"
        or "frame-ancestors 'none'" in response.headers.get("Content-Security-Policy", "")
        or not response.headers.get("Content-Type", "").startswith("text/html")
    )


@pytest.mark.parametrize("path", [health.LIVE, health.READY])
def test_only_probes_learn_that_there_are_health_paths(path: str, callers: list[Caller], values: dict[str, Any]) -> None:
    handler = ClientHandler()
    for caller in callers:
        for method in METHODS:
            is_probe = caller.address != ELSEWHERE and method in HEALTH_METHODS
            response = send(handler, caller, method, f"{path}?exclude=broker", CSRF_TOKEN)
            assert response.status_code == (200 if is_probe else 404), (caller.name, method)


def test_the_admin_of_the_hosts_tables_needs_the_hosts_permissions(callers: list[Caller]) -> None:
    handler = ClientHandler()
    hosts = [route for route in routes(get_resolver()) if HOSTS_ADMIN.match(route)]
    assert len(hosts) > 40
    for caller in callers:
        for route in hosts if caller.credential is Credential.SESSION and caller.role is not Role.SUPERUSER else []:
            path = f"/{PARAMETER.sub('1', route)}"
            answer = answer_of(send(handler, caller, "GET", path), ADMIN, "GET", path)
            # `/admin/`: there is no such object.
            assert answer in ({"403", "open", "/admin/"} if caller.role in {Role.STAFF, Role.ANALYST} else {"in"}), path


def test_every_url_has_a_row(values: dict[str, Any]) -> None:
    covered = {resolve(row.format(**values)).route for door in DOORS for row, _ in door.rows()}
    assert {route for route in routes(get_resolver()) if not HOSTS_ADMIN.match(route)} == covered
