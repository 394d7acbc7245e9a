"""Signing in, in a browser."""

import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .chat import MESSAGES
from .conftest import PageFor
from .people import MEMBER, PASSWORDS, VIEWER
from .sign_in import SIGN_IN, sign_in

pytestmark = pytest.mark.slow

WORKSPACE = "/statistics/"


def test_a_viewer_signs_in_and_reads_the_number_of_messages(page_for: PageFor) -> None:
    page = page_for()
    sign_in(page, VIEWER, PASSWORDS[VIEWER])
    expect(page).to_have_url(f"{page.url.partition('/statistics')[0]}{WORKSPACE}")
    expect(page.get_by_role("main")).to_contain_text(f"{MESSAGES:,}")


def test_a_signed_in_user_stays_signed_in(page_for: PageFor) -> None:
    for _ in range(2):
        page = page_for(VIEWER)
        page.goto(WORKSPACE)
        expect(page.get_by_role("banner")).to_contain_text(VIEWER)


def test_a_wrong_password_is_reported(page_for: PageFor) -> None:
    page = page_for()
    sign_in(page, VIEWER, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    expect(page.get_by_label("Username")).to_have_value(VIEWER)
    expect(page.get_by_label("Password")).to_have_value("")


def test_a_user_without_the_permission_sees_which_one_is_missing(page_for: PageFor) -> None:
    page = page_for(MEMBER, expected=r"status of 403")
    page.goto(WORKSPACE)
    expect(page.get_by_role("heading", level=1)).to_have_text("You don't have access to these statistics")
    expect(page.get_by_role("main")).to_contain_text("view-statistics")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible(page_for: PageFor, scheme: str) -> None:
    page = page_for(color_scheme=scheme)
    page.goto(SIGN_IN)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert violations(page) == []
