"""The URLs of all pages, with selections that show data, and helpers to open them."""

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
    "history-counts": "/statistics/history/?range=1y&step=month&metrics=totalUsers,sentMessages,"
    "sentChannelMessages,sentPrivateGroupMessages,sentDirectMessages,sentLivechatMessages",
    "history-change-year": "/statistics/history/?range=1y&step=day&as=change&metrics=totalMessages,totalUsers",
    "history-one-month": "/statistics/history/?range=this-month&step=month&metrics=totalUsers,activeUsers,sentMessages",
    "report": "/statistics/history/report/?range=30d&metrics=totalMessages,onlineUsers,awayUsers,sentChannelMessages,"
    "sentDirectMessages",
    "embed": "/statistics/history/embed/?range=30d&metrics=totalMessages,sentChannelMessages,sentDirectMessages",
    "history-nothing-chosen": "/statistics/history/?step=day",
    "history-refused": "/statistics/history/?range=7d&tz=Middle/Earth",
    "activity": "/statistics/activity/?range=30d",
    "activity-all": "/statistics/activity/?range=all",
    "compare": "/statistics/compare/?ago=7d",
    "snapshots": "/statistics/snapshots/",
    "definitions": "/statistics/definitions/",
    "tokens": "/statistics/tokens/",
    "display": "/statistics/display/",
    "display-activity": "/statistics/display/activity/",
    "not-found": "/statistics/nothing/",
    "api": "/api/v1/docs",
}
SIGNED_OUT = {"sign-in": SIGN_IN}


def signed_in(browser: Browser, world: World, person: str = VIEWER, **options: object) -> BrowserContext:
    """Return a new browser context in which a person is signed in."""
    context = browser.new_context(base_url=world.url, **options)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, person, PASSWORDS[person])
    page.close()
    return context


def snapshot_url(page: Page) -> str:
    """Return the URL of a snapshot that has an earlier one."""
    page.goto(PAGES["snapshots"])
    url = page.locator(".list tbody a").nth(1).get_attribute("href")
    assert url
    return url


def wait_until_settled(page: Page) -> None:
    """Wait until a page has no pending requests and its charts are interactive."""
    page.wait_for_load_state("networkidle")
    if page.locator("#charts[data-times]").count():
        expect(page.locator(".chart.is-live").first).to_be_visible()
