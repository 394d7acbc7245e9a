"""No page of the app or the admin leads to another site, whatever a request asks for."""

import pytest
from django.test import Client

from tests.conftest import PASSWORD, Person

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "https://localhost@evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x00//evil.example",
    "\x1b//evil.example",
    "\u2028//evil.example",
    "ht\ntps://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
]
ids = range(len(ELSEWHERE))


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=ids)
@pytest.mark.parametrize(("page", "own"), [("/statistics/sign-in/", "/statistics/"), ("/admin/login/", "/statistics/")])
def test_signing_in_stays_here(admin_person: Person, page: str, own: str, elsewhere: str) -> None:
    form = {"username": "root", "password": PASSWORD, "next": elsewhere}
    assert Client().post(page, form).headers["Location"] == own
    assert Client().post(page, {**form, "next": "/admin/"}).headers["Location"] == "/admin/"


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=ids)
def test_switching_the_colours_stays_here(elsewhere: str) -> None:
    assert Client().post("/statistics/theme/", {"back": elsewhere}).headers["Location"] == "/statistics/"
    assert Client().post("/statistics/theme/", {"back": "/statistics/tokens/"}).headers["Location"] == "/statistics/tokens/"


@pytest.mark.parametrize("elsewhere", [text for text in ELSEWHERE if text.isprintable()])
def test_signing_in_again_from_a_part_of_a_page_stays_here(viewer: Person, elsewhere: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"https://evil.example/{elsewhere}"}
    page = Client().get("/statistics/", headers=headers).headers["HX-Redirect"]
    assert page.startswith("/statistics/sign-in/?next=")
    signed_in = Client().post(page, {"username": "viewer", "password": PASSWORD})
    assert signed_in.headers["Location"].startswith("/")
    assert not signed_in.headers["Location"].startswith(("//", "/\\"))
