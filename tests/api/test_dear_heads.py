"""A request's head that would cost Django much, or make it fail, is answered as any other is."""

import json

import pytest

from tests.conftest import PASSWORD, Person
from tests.http.test_request_head import DEAR

from .bare import Application, Bare

pytestmark = [pytest.mark.django_db]

LOGIN = json.dumps({"user": "viewer", "password": PASSWORD}).encode()


ODD = {
    "many parameters": b";a=b" * 50_000,
    "a part without a number": b";a*=;a*1=",
    "a charset that nobody knows": b";a*=nosuch''x",
    "a codec that refuses": b";a*=idna''a",
}


@pytest.mark.usefixtures("viewer")
@pytest.mark.parametrize("parameters", ODD.values(), ids=ODD)
def test_a_login_is_one_whatever_the_parameters_of_its_type(application: Application, parameters: bytes) -> None:
    kind = (("Content-Type", b"application/json" + parameters),)
    assert application.ask(Bare("POST", b"/api/v1/login", headers=kind, body=LOGIN).environ()).status == 200


@pytest.mark.parametrize("cookie", DEAR, ids=["long", "backslashes"])
def test_the_api_answers_whatever_the_cookie_and_a_page_asks_to_sign_in(
    application: Application,
    viewer: Person,
    cookie: str,
) -> None:
    credentials = tuple((name, value.encode()) for name, value in viewer.headers.items())
    session = b"sessionid=" + viewer.browser().cookies["sessionid"].value.encode()
    page = Bare(path=b"/statistics/", headers=(("Cookie", session),))
    assert application.ask(page.environ()).status == 200
    with_more = (("Cookie", session + b"; " + cookie.encode()),)
    assert application.ask(Bare(path=b"/statistics/", headers=with_more).environ()).status == 302
    assert application.ask(Bare(headers=(*credentials, *with_more)).environ()).status == 200
    with_nul = (("Cookie", session + b"; " + cookie.encode() + b"\0"),)
    assert application.ask(Bare(headers=(*credentials, *with_nul)).environ()).status == 400
