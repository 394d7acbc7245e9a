"""Embedded charts in a browser: on the page that makes their addresses, and as images on another site."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from .conftest import PageFor
from .people import VIEWER
from .world import World

pytestmark = pytest.mark.slow

HISTORY = "/statistics/history/?range=30d&metrics=totalMessages,sentMessages"
# The width of an image once it is loaded; 0 if it cannot be shown.
_WIDTH = """(address) => new Promise((resolve) => {
  const image = new Image();
  image.onload = () => resolve(image.naturalWidth);
  image.onerror = () => resolve(0);
  image.src = address;
})"""
_FRAME = """(address) => {
  const frame = document.createElement("iframe");
  frame.src = address;
  document.body.append(frame);
}"""
_DEACTIVATE = "from statsproject.chat.models import User; User.objects.filter(username={!r}).update(is_active={})"


def addresses(page: Page) -> list[str]:
    """Return the addresses of the SVG files of the charts of History."""
    page.goto(HISTORY)
    page.get_by_role("link", name="Embed").click()
    expect(page.get_by_role("heading", name="Embed charts")).to_be_visible()
    return page.locator("code[id^=svg]").all_inner_texts()


class Wiki(BaseHTTPRequestHandler):
    """Answers with an empty page, without any policy."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>x</title><body>")

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def wiki() -> Iterator[str]:
    """The address of another site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Wiki) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://localhost:{server.server_address[1]}/"
        finally:
            server.shutdown()


def test_the_page_shows_the_pictures_in_the_chosen_colours(page_for: PageFor) -> None:
    page = page_for(VIEWER)
    light = addresses(page)
    assert len(light) == 2
    for image in page.locator(".embedded img").all():
        expect(image).to_have_js_property("naturalWidth", 800)
    page.get_by_text("dark", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Messages sent")).to_be_visible()
    expect(page.get_by_role("radio", name="dark")).to_be_checked()
    assert not set(page.locator("code[id^=svg]").all_inner_texts()) & set(light)


def test_an_image_elsewhere_shows_the_chart_and_then_that_its_address_has_ended(
    page_for: PageFor, world: World, wiki: str
) -> None:
    address = addresses(page_for(VIEWER))[0]
    page = page_for(expected="status of 4")
    page.goto(wiki)
    assert page.evaluate(_WIDTH, address) == 800
    assert page.evaluate(_WIDTH, address.replace(".svg", "x.svg")) == 0
    world.manage("shell", "-c", _DEACTIVATE.format(VIEWER, "False"))
    try:
        with page.expect_response(lambda response: response.status == 410):
            assert page.evaluate(_WIDTH, f"{address}?again") == 800
    finally:
        world.manage("shell", "-c", _DEACTIVATE.format(VIEWER, "True"))


def test_no_site_shows_a_chart_in_a_frame_or_reads_it(page_for: PageFor, wiki: str) -> None:
    address = addresses(page_for(VIEWER))[0]
    page = page_for(expected="frame-ancestors|CORS policy|ERR_FAILED")
    page.goto(wiki)
    with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        page.evaluate(_FRAME, address)
    assert page.evaluate("(address) => fetch(address).then(() => 'read', () => 'refused')", address) == "refused"
