"""Take the pictures of the README and of the documentation, of the demo: `python -m tests.browser.pictures`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.services.demo import running_demo
from tests.services.programs import ROOT

from .chromium import ARGUMENTS, MISSING, find_chromium
from .sign_in import sign_in
from .tour import wait_until_settled

IMAGES = ROOT / "docs" / "images"
# Each with the height of what it shows.
PICTURES = {
    "workspace": ("/statistics/", 720),
    "history": (
        "/statistics/history/?range=90d&metrics=onlineUsers,sentChannelMessages,sentPrivateGroupMessages,sentDirectMessages",
        850,
    ),
    "activity": ("/statistics/activity/?range=90d", 900),
}
THEMES = ("light", "dark")
ZONE = "Europe/Berlin"


def main() -> int:
    """Start the demo, take the pictures, and stop it."""
    if find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stats-") as folder, running_demo(Path(folder)) as demo:
        credentials = demo.wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
            for theme in THEMES:
                take(browser, credentials, theme)
    print(f"The pictures are in {IMAGES.relative_to(ROOT)}.")
    return 0


def take(browser: Browser, credentials: dict[str, str], theme: str) -> None:
    """Take all pictures in one theme."""
    context = browser.new_context(base_url=credentials["url"], color_scheme=theme, timezone_id=ZONE)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, credentials["username"], credentials["password"])
    for name, (address, height) in PICTURES.items():
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(address)
        wait_until_settled(page)
        page.screenshot(path=IMAGES / f"{name}-{theme}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
