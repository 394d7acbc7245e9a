"""Take a picture of every page, light and dark, wide and on a phone: `python -m tests.browser.screenshots [EXPORT]`.

They are of the demonstration's data and, where the folder of a Rocket.Chat export is named, of that too.
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
from .tour import PAGES, SIGNED_OUT, one_snapshot, settled, signed_in
from .world import Fill, World, new_world, with_demo, with_export

PICTURES = ROOT / "var" / "screenshots"
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
THEMES = ("light", "dark")
ZONE = "Europe/Berlin"
# The past of these worlds has a snapshot every six hours.
SPARSE = {"STATISTICS_INTERVAL": "21600"}


def main() -> int:
    """Make the worlds, one after the other, and walk through each."""
    if find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    worlds: dict[str, Fill] = {"demo": with_demo}
    for export in sys.argv[1:]:
        worlds[Path(export).resolve().name] = with_export(str(Path(export).resolve()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for name, fill in worlds.items():
            print(f"Making a workspace: {name}", flush=True)
            with tempfile.TemporaryDirectory(prefix="stats-") as folder, new_world(Path(folder), fill, **SPARSE) as world:
                take_all(browser, world, PICTURES / name)
    print(f"The pictures are in {PICTURES.relative_to(ROOT)}.")
    return 0


def take_all(browser: Browser, world: World, folder: Path) -> None:
    """Take every picture of one world."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.png"):
        path.unlink()
    for theme in THEMES:
        for size, viewport in SIZES.items():
            options = {"color_scheme": theme, "viewport": viewport, "timezone_id": ZONE}
            for name, page in tqdm(list(shown(browser, world, options)), desc=f"{folder.name}, {theme}, {size}"):
                page.screenshot(path=folder / f"{name}-{theme}-{size}.png", full_page=True)
                page.close()


def shown(browser: Browser, world: World, options: dict[str, object]) -> Iterator[tuple[str, Page]]:
    """Open every page."""
    viewer = signed_in(browser, world, **options)
    finder = viewer.new_page()
    pages = {**PAGES, "snapshot": one_snapshot(finder)}
    finder.close()
    nobody = browser.new_context(base_url=world.url, **options)  # type: ignore[arg-type]
    places = [
        *((name, viewer, address) for name, address in pages.items()),
        *((name, nobody, address) for name, address in SIGNED_OUT.items()),
        ("forbidden", signed_in(browser, world, MEMBER, **options), PAGES["workspace"]),
    ]
    for name, context, address in places:
        page = context.new_page()
        page.goto(address)
        settled(page)
        yield name, page


if __name__ == "__main__":
    sys.exit(main())
