"""Requests whose headers would be expensive for Django, or make it fail, get normal responses."""

import json

import pytest

from tests.conftest import PASSWORD, Person
from tests.http.test_request_head import EXPENSIVE_COOKIES

from .raw_requests import Application, RawRequest

pytestmark = [pytest.mark.django_db]

LOGIN = json.dumps({"user": "viewer", "password": PASSWORD}).encode()

ODD_PARAMETERS = {
    "many parameters": b";a=b" * 50_000,
    "a part without a number": b";a*=;a*1=",
    "an unknown charset": b";a*=nosuch''x",
    "a codec that fails": b";a*=idna''a",
}


@pytest.mark.usefixtures("viewer")
@pytest.mark.parametrize("parameters", ODD_PARAMETERS.values(), ids=ODD_PARAMETERS)
def test_a_login_succeeds_whatever_the_parameters_of_its_content_type(application: Application, parameters: bytes) -> None:
    kind = (("Content-Type", b"application/json" + parameters),)
    assert application.handle(RawRequest("POST", b"/api/v1/login", headers=kind, body=LOGIN).environ()).status == 200


@pytest.mark.parametrize("cookie", EXPENSIVE_COOKIES, ids=["long", "backslashes"])
def test_the_api_ignores_an_expensive_cookie_and_a_page_redirects_to_sign_in(
    application: Application,
    viewer: Person,
    cookie: str,
) -> None:
    credentials = tuple((name, value.encode()) for name, value in viewer.headers.items())
    session = b"sessionid=" + viewer.browser().cookies["sessionid"].value.encode()
    page = RawRequest(path=b"/statistics/", headers=(("Cookie", session),))
    assert application.handle(page.environ()).status == 200
    expensive = (("Cookie", session + b"; " + cookie.encode()),)
    assert application.handle(RawRequest(path=b"/statistics/", headers=expensive).environ()).status == 302
    assert application.handle(RawRequest(headers=(*credentials, *expensive)).environ()).status == 200
    with_nul = (("Cookie", session + b"; " + cookie.encode() + b"\0"),)
    assert application.handle(RawRequest(headers=(*credentials, *with_nul)).environ()).status == 400
