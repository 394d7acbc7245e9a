"""Pages of other origins: none may call the API, but those that are named."""

import pytest
import requests
from django.test import Client

from tests.conftest import Person
from tests.services.programs import Programs

NAMED, OTHER = "https://dashboard.example.com", "https://elsewhere.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-auth-token,x-user-id"}


@pytest.mark.django_db
def test_by_default_nobody_is_named_and_options_is_a_wrong_method(viewer: Person) -> None:
    before = Client().options("/api/v1/statistics", headers={**viewer.headers, "Origin": NAMED, **PREFLIGHT})
    answer = Client().get("/api/v1/statistics", headers={**viewer.headers, "Origin": NAMED})
    assert [before.status_code, answer.status_code] == [405, 200]
    assert not [name for sent in (before, answer) for name in sent.headers if name.startswith("Access-Control")]
    assert Client().options("/api/v1/statistics", headers={"Origin": NAMED, **PREFLIGHT}).status_code == 401


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_named_origin_may_call_and_another_may_not(running: Programs, viewer: Person) -> None:
    _, url = running.web(CORS_ALLOWED_ORIGINS=NAMED)
    path = f"{url}/api/v1/statistics"
    before = requests.options(path, headers={"Origin": NAMED, **PREFLIGHT}, timeout=30)
    assert before.headers["Access-Control-Allow-Origin"] == NAMED
    assert {"x-auth-token", "x-user-id"} <= set(before.headers["Access-Control-Allow-Headers"].split(", "))
    answer = requests.get(path, headers={**viewer.headers, "Origin": NAMED}, timeout=30)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, NAMED)
    assert "X-RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for origin in (OTHER, "null", f"{NAMED}.example.com", f"{NAMED}:8443", NAMED.replace("https", "http")):
        for refused in (
            requests.get(path, headers={**viewer.headers, "Origin": origin}, timeout=30),
            requests.options(path, headers={"Origin": origin, **PREFLIGHT}, timeout=30),
        ):
            assert "Access-Control-Allow-Origin" not in refused.headers, origin
    error = requests.get(path, headers={"Origin": NAMED}, timeout=30)
    assert (error.status_code, error.headers["Access-Control-Allow-Origin"]) == (401, NAMED)
    page = requests.get(f"{url}/statistics/sign-in/", headers={"Origin": NAMED}, timeout=30)
    assert "Access-Control-Allow-Origin" not in page.headers
