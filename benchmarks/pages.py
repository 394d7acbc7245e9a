"""What pages cost: requests, bytes, the server's time, and how soon a chart of all years is interactive.

`DIR=… make bench NAME=pages` takes a Rocket.Chat export; without one it is the demonstration's two years. The server runs as
in production: files are compressed.
"""

import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, sync_playwright

from benchmarks.measuring import Bars
from tests.browser.chromium import ARGUMENTS, MISSING, find_chromium
from tests.browser.tour import EIGHT_YEARS, PAGES, one_snapshot, settled, signed_in
from tests.browser.world import Fill, World, new_world, with_demo, with_export

ROUNDS = 9
KILO = 1024
PRODUCTION = {"PRODUCTION": "true", "SECURE_SSL_REDIRECT": "false", "SECURE_HSTS_SECONDS": "0"}


@dataclass
class Visit:
    """One page opened with an empty cache: what went over the wire, and when what was there, in milliseconds."""

    requests: int = 0
    page: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    server: float = 0
    interactive: float | None = None

    def of(self, ending: str) -> float:
        """Add up the kilobytes of the files with an ending."""
        return sum(size for path, size in self.sizes.items() if path.endswith(ending)) / KILO


def main() -> None:
    """Open every page some times, in turn."""
    if find_chromium() is None:
        sys.exit(MISSING)
    fill = with_export(str(Path(os.environ["DIR"]).resolve())) if os.environ.get("DIR") else with_demo
    with (
        tempfile.TemporaryDirectory(prefix="stats-bench-") as folder,
        new_world(Path(folder), collected(fill), **PRODUCTION) as world,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        world.url = world.url.replace("127.0.0.1", "localhost")
        context = signed_in(browser, world)
        measure(context, world)


def collected(fill: Fill) -> Fill:
    """Collect the files beside, as one does in production."""

    def fill_and_collect(world: World) -> None:
        fill(world)
        world.manage("collectstatic", "--no-input", "--verbosity", "0")

    return fill_and_collect


def measure(context: BrowserContext, world: World) -> None:
    """Print a line a page, and hold the bars."""
    page = context.new_page()
    places = {name: PAGES[name] for name in ("workspace", "history", "compare", "snapshots")}
    places |= {"one day": "/statistics/history/?range=24h", "all years": EIGHT_YEARS, "one snapshot": one_snapshot(page)}
    page.close()
    visits: dict[str, list[Visit]] = {name: [] for name in places}
    for _ in range(ROUNDS):
        for name, address in places.items():
            visits[name].append(visit(context, address))
    print(f"{'page':<14}{'requests':>9}{'KB':>8}{'HTML':>8}{'JS':>8}{'CSS':>8}{'server ms':>11}{'interactive ms':>16}")
    for name, made in visits.items():
        one = made[-1]
        html = one.page / KILO
        sums = f"{sum(one.sizes.values()) / KILO:>8.1f}{html:>8.1f}{one.of('.js'):>8.1f}{one.of('.css'):>8.1f}"
        print(f"{name:<14}{one.requests:>9}{sums}{server(made):>11.1f}{interactive(made) or '':>16}")
    bars = Bars()
    bars.at_most("javascript_kilobytes", max(made[-1].of(".js") for made in visits.values()), 60)
    bars.at_most("css_kilobytes", max(made[-1].of(".css") for made in visits.values()), 15)
    bars.at_most("server_all_years_over_one_day", server(visits["all years"]) / server(visits["one day"]), 12)
    for_all, for_one_day = (interactive(visits[name]) or 0 for name in ("all years", "one day"))
    bars.at_most("interactive_all_years_over_one_day", for_all / for_one_day, 3)
    bars.finish()


def server(made: list[Visit]) -> float:
    """Say how long the server took for the page itself."""
    return median(one.server for one in made)


def interactive(made: list[Visit]) -> float | None:
    """Say when the charts could be used."""
    times = [one.interactive for one in made if one.interactive is not None]
    return round(median(times)) if times else None


def visit(context: BrowserContext, address: str) -> Visit:
    """Open a page as one who was never there."""
    page = context.new_page()
    made = Visit()
    watch(context.new_cdp_session(page), made)
    first = page.goto(address)
    assert first
    settled(page)
    made.page = made.sizes[first.url.partition("?")[0]]
    made.server = first.request.timing["responseStart"] - first.request.timing["requestStart"]
    marks = page.evaluate("performance.getEntriesByName('charts are interactive').map((mark) => mark.startTime)")
    made.interactive = marks[0] if marks else None
    page.close()
    return made


def watch(session: CDPSession, made: Visit) -> None:
    """Count what comes over the wire, heads included, with nothing kept from before."""
    paths: dict[str, str] = {}

    def begin(event: dict[str, Any]) -> None:
        paths[event["requestId"]] = event["response"]["url"].partition("?")[0]

    def end(event: dict[str, Any]) -> None:
        made.requests += 1
        made.sizes[paths[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", begin)
    session.on("Network.loadingFinished", end)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})


if __name__ == "__main__":
    main()
