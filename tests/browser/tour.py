"""The pages that there are to be looked at, with something on each."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

from .people import PASSWORDS, VIEWER
from .sign_in import SIGN_IN, sign_in
from .world import World

EIGHT_YEARS = "/statistics/history/?range=all&metrics=totalUsers,newUsers,totalMessages,sentMessages"
PAGES = {
    "workspace": "/statistics/",
    "history": "/statistics/history/?range=30d&metrics=totalMessages,onlineUsers,awayUsers,busyUsers,os.freemem",
    "history-all": EIGHT_YEARS,
    "history-change": "/statistics/history/?range=90d&as=change&metrics=totalMessages,totalUsers",
    "history-nothing-chosen": "/statistics/history/?step=day",
    "history-refused": "/statistics/history/?range=7d&tz=Middle/Earth",
    "compare": "/statistics/compare/?ago=7d",
    "snapshots": "/statistics/snapshots/",
    "definitions": "/statistics/definitions/",
    "tokens": "/statistics/tokens/",
    "not-found": "/statistics/nothing/",
    "api": "/api/v1/docs",
}
SIGNED_OUT = {"sign-in": SIGN_IN}


def signed_in(browser: Browser, world: World, person: str = VIEWER, **options: object) -> BrowserContext:
    """Open a context in which somebody is signed in."""
    context = browser.new_context(base_url=world.url, **options)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, person, PASSWORDS[person])
    page.close()
    return context


def one_snapshot(page: Page) -> str:
    """Find the address of a snapshot before which there is another."""
    page.goto(PAGES["snapshots"])
    address = page.locator(".list tbody a").nth(1).get_attribute("href")
    assert address
    return address


def settled(page: Page) -> None:
    """Wait until a page shows all that it will show."""
    page.wait_for_load_state("networkidle")
    if page.locator("#charts").count():
        expect(page.locator(".chart.is-live").first).to_be_visible()
