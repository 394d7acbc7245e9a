"""Signing in with the form."""

from playwright.sync_api import Page

SIGN_IN = "/statistics/sign-in/"


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill in the sign-in form and submit it; the caller checks the result."""
    page.goto(SIGN_IN)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
