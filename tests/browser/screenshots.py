"""Take screenshots of every page, in light and dark mode, wide and on a phone: `python -m tests.browser.screenshots [EXPORT]`.

They show the demo data and, if the folder of a Rocket.Chat export is given, also the imported export.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tqdm import tqdm

from tests.services.programs import ROOT

from .chromium import ARGUMENTS, MISSING, find_chromium
from .people import MEMBER
from .tour import PAGES, SIGNED_OUT, signed_in, snapshot_url, wait_until_settled
from .world import Fill, World, new_world, with_demo, with_export

SCREENSHOTS = ROOT / "var" / "screenshots"
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
THEMES = ("light", "dark")
ZONE = "Europe/Berlin"
# `past.py` creates a snapshot every six hours.
SPARSE = {"STATISTICS_INTERVAL": "21600"}


def main() -> int:
    """Create the workspaces one after the other, and take the screenshots of each."""
    if find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    worlds: dict[str, Fill] = {"demo": with_demo}
    for export in sys.argv[1:]:
        worlds[Path(export).resolve().name] = with_export(str(Path(export).resolve()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for name, fill in worlds.items():
            print(f"Creating a workspace: {name}", flush=True)
            with tempfile.TemporaryDirectory(prefix="stats-") as folder, new_world(Path(folder), fill, **SPARSE) as world:
                take_all(browser, world, SCREENSHOTS / name)
    print(f"The screenshots are in {SCREENSHOTS.relative_to(ROOT)}.")
    return 0


def take_all(browser: Browser, world: World, folder: Path) -> None:
    """Take all screenshots of one workspace; earlier ones in the folder are deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.png"):
        path.unlink()
    for theme in THEMES:
        for size, viewport in SIZES.items():
            options = {"color_scheme": theme, "viewport": viewport, "timezone_id": ZONE}
            for name, page in tqdm(list(open_pages(browser, world, options)), desc=f"{folder.name}, {theme}, {size}"):
                page.screenshot(path=folder / f"{name}-{theme}-{size}.png", full_page=True)
                page.close()


def open_pages(browser: Browser, world: World, options: dict[str, object]) -> Iterator[tuple[str, Page]]:
    """Yield every page with its name, opened and settled."""
    viewer = signed_in(browser, world, **options)
    list_page = viewer.new_page()
    pages = {**PAGES, "snapshot": snapshot_url(list_page)}
    list_page.close()
    anonymous = browser.new_context(base_url=world.url, **options)  # type: ignore[arg-type]
    visits = [
        *((name, viewer, url) for name, url in pages.items()),
        *((name, anonymous, url) for name, url in SIGNED_OUT.items()),
        ("forbidden", signed_in(browser, world, MEMBER, **options), PAGES["workspace"]),
    ]
    for name, context, url in visits:
        page = context.new_page()
        page.goto(url)
        wait_until_settled(page)
        yield name, page


if __name__ == "__main__":
    sys.exit(main())
