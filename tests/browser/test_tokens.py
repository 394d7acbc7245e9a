"""The page of access tokens, in a browser: copying a new one, and revoking one in two steps."""

import re

import pytest
from playwright.sync_api import Page, expect

from .accessibility import violations
from .conftest import PageFor
from .people import MEMBER

pytestmark = pytest.mark.slow

TOKENS = "/statistics/tokens/"
SECRET = re.compile(r"^[\w-]{43}$")


def create(page: Page, name: str) -> str:
    """Create a token with the form, and return its secret."""
    page.goto(TOKENS)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#secret")
    expect(secret).to_have_text(SECRET)
    return secret.inner_text()


def revoke(page: Page, name: str) -> None:
    """Revoke a token with the keyboard, in two steps."""
    summary = page.locator("summary", has_text="Revoke").and_(page.get_by_label(f"Revoke {name}", exact=True))
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("Programs that use it lose access at once.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_a_new_token_is_copied_by_its_button(page_for: PageFor) -> None:
    page = page_for(MEMBER, permissions=["clipboard-read", "clipboard-write"])
    secret = create(page, "copied")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_have_text("Copied.")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    revoke(page, "copied")


def test_without_access_to_the_clipboard_the_token_is_selected(page_for: PageFor) -> None:
    page = page_for(MEMBER)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    secret = create(page, "selected")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_contain_text("Selected")
    assert page.evaluate("getSelection().toString().trim()") == secret
    revoke(page, "selected")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_token_is_revoked_in_two_steps(page_for: PageFor, has_scripts: bool) -> None:
    page = page_for(MEMBER, java_script_enabled=has_scripts)
    create(page, "brief")
    expect(page.get_by_role("button", name="Copy")).to_have_count(int(has_scripts))
    button = page.get_by_role("button", name="Revoke token brief")
    expect(button).to_be_hidden()
    revoke(page, "brief")
    expect(page.get_by_text("Token “brief” revoked: it no longer works.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="brief")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_with_a_token_about_to_be_revoked(page_for: PageFor, scheme: str) -> None:
    page = page_for(MEMBER, color_scheme=scheme, viewport={"width": 360, "height": 740})
    create(page, f"seen in {scheme}")
    page.locator("details.confirm summary").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.get_by_label("Name").fill(f"seen in {scheme}")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    revoke(page, f"seen in {scheme}")
