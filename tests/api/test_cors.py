"""CORS: only the configured origins may call the API."""

import pytest
import requests
from django.test import Client

from tests.conftest import Person
from tests.services.programs import Programs

ALLOWED, OTHER = "https://dashboard.example.com", "https://elsewhere.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-auth-token,x-user-id"}


@pytest.mark.django_db
def test_by_default_no_origin_is_allowed_and_options_is_a_wrong_method(viewer: Person) -> None:
    preflight = Client().options("/api/v1/statistics", headers={**viewer.headers, "Origin": ALLOWED, **PREFLIGHT})
    response = Client().get("/api/v1/statistics", headers={**viewer.headers, "Origin": ALLOWED})
    assert [preflight.status_code, response.status_code] == [405, 200]
    assert not [name for response in (preflight, response) for name in response.headers if name.startswith("Access-Control")]
    assert Client().options("/api/v1/statistics", headers={"Origin": ALLOWED, **PREFLIGHT}).status_code == 401


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_configured_origin_is_allowed_and_no_other(running: Programs, viewer: Person) -> None:
    _, url = running.web(CORS_ALLOWED_ORIGINS=ALLOWED)
    path = f"{url}/api/v1/statistics"
    preflight = requests.options(path, headers={"Origin": ALLOWED, **PREFLIGHT}, timeout=30)
    assert preflight.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert {"x-auth-token", "x-user-id"} <= set(preflight.headers["Access-Control-Allow-Headers"].split(", "))
    response = requests.get(path, headers={**viewer.headers, "Origin": ALLOWED}, timeout=30)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (200, ALLOWED)
    assert "X-RateLimit-Remaining" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    for origin in (OTHER, "null", f"{ALLOWED}.example.com", f"{ALLOWED}:8443", ALLOWED.replace("https", "http")):
        for refused in (
            requests.get(path, headers={**viewer.headers, "Origin": origin}, timeout=30),
            requests.options(path, headers={"Origin": origin, **PREFLIGHT}, timeout=30),
        ):
            assert "Access-Control-Allow-Origin" not in refused.headers, origin
    error = requests.get(path, headers={"Origin": ALLOWED}, timeout=30)
    assert (error.status_code, error.headers["Access-Control-Allow-Origin"]) == (401, ALLOWED)
    page = requests.get(f"{url}/statistics/sign-in/", headers={"Origin": ALLOWED}, timeout=30)
    assert "Access-Control-Allow-Origin" not in page.headers
