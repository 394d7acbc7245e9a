"""The cost of pages: requests, bytes, server time, and the time until their charts are interactive.

`DIR=… make bench NAME=pages` uses a Rocket.Chat export; without it, the two years of the demo. The server runs as in
production, with compressed static files.
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
from tests.browser.tour import EIGHT_YEARS, PAGES, signed_in, snapshot_url, wait_until_settled
from tests.browser.world import Fill, World, new_world, with_demo, with_export

ROUNDS = 9
KILO = 1024
PRODUCTION = {"PRODUCTION": "true", "SECURE_SSL_REDIRECT": "false", "SECURE_HSTS_SECONDS": "0"}


@dataclass
class Visit:
    """The measurements of one page, opened with an empty cache: bytes in `html` and `sizes`, milliseconds in the others."""

    requests: int = 0
    html: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    server: float = 0
    interactive: float | None = None

    def kilobytes(self, suffix: str) -> float:
        """Return the total size of the files with a suffix, in kilobytes."""
        return sum(size for path, size in self.sizes.items() if path.endswith(suffix)) / KILO


def main() -> None:
    """Open all pages in turn, several times."""
    if find_chromium() is None:
        sys.exit(MISSING)
    fill = with_export(str(Path(os.environ["DIR"]).resolve())) if os.environ.get("DIR") else with_demo
    with (
        tempfile.TemporaryDirectory(prefix="stats-bench-") as folder,
        new_world(Path(folder), with_static_files(fill), **PRODUCTION) as world,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        world.url = world.url.replace("127.0.0.1", "localhost")
        context = signed_in(browser, world)
        measure(context, world)


def with_static_files(fill: Fill) -> Fill:
    """Return a function that fills the workspace and collects the static files, as in production."""

    def fill_and_collect(world: World) -> None:
        fill(world)
        world.manage("collectstatic", "--no-input", "--verbosity", "0")

    return fill_and_collect


def measure(context: BrowserContext, world: World) -> None:
    """Print a line for each page, and check the bars."""
    page = context.new_page()
    paths = {name: PAGES[name] for name in ("workspace", "history", "compare", "snapshots")}
    paths |= {"one day": "/statistics/history/?range=24h", "all years": EIGHT_YEARS, "one snapshot": snapshot_url(page)}
    page.close()
    visits: dict[str, list[Visit]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            visits[name].append(visit(context, path))
    print(f"{'page':<14}{'requests':>9}{'KB':>8}{'HTML':>8}{'JS':>8}{'CSS':>8}{'server ms':>11}{'interactive ms':>16}")
    for name, repeated in visits.items():
        last = repeated[-1]
        script, style = last.kilobytes(".js"), last.kilobytes(".css")
        sizes = f"{last.kilobytes(''):>8.1f}{last.html / KILO:>8.1f}{script:>8.1f}{style:>8.1f}"
        print(f"{name:<14}{last.requests:>9}{sizes}{server(repeated):>11.1f}{interactive(repeated) or '':>16}")
    bars = Bars()
    bars.at_most("javascript_kilobytes", max(repeated[-1].kilobytes(".js") for repeated in visits.values()), 60)
    bars.at_most("css_kilobytes", max(repeated[-1].kilobytes(".css") for repeated in visits.values()), 15)
    bars.at_most("server_all_years_over_one_day", server(visits["all years"]) / server(visits["one day"]), 12)
    for_all, for_one_day = (interactive(visits[name]) or 0 for name in ("all years", "one day"))
    bars.at_most("interactive_all_years_over_one_day", for_all / for_one_day, 3)
    bars.finish()


def server(visits: list[Visit]) -> float:
    """Return the median server time of the page itself."""
    return median(visit.server for visit in visits)


def interactive(visits: list[Visit]) -> float | None:
    """Return the median time until the charts are interactive, or None for a page without charts."""
    times = [visit.interactive for visit in visits if visit.interactive is not None]
    return round(median(times)) if times else None


def visit(context: BrowserContext, path: str) -> Visit:
    """Open a page with an empty cache, and return its measurements."""
    page = context.new_page()
    result = Visit()
    watch(context.new_cdp_session(page), result)
    response = page.goto(path)
    assert response
    wait_until_settled(page)
    result.html = result.sizes[response.url.partition("?")[0]]
    result.server = response.request.timing["responseStart"] - response.request.timing["requestStart"]
    marks = page.evaluate("performance.getEntriesByName('charts are interactive').map((mark) => mark.startTime)")
    result.interactive = marks[0] if marks else None
    page.close()
    return result


def watch(session: CDPSession, result: Visit) -> None:
    """Disable the cache, and record the responses with their sizes on the wire, including headers."""
    paths: dict[str, str] = {}

    def begin(event: dict[str, Any]) -> None:
        paths[event["requestId"]] = event["response"]["url"].partition("?")[0]

    def end(event: dict[str, Any]) -> None:
        result.requests += 1
        result.sizes[paths[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", begin)
    session.on("Network.loadingFinished", end)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})


if __name__ == "__main__":
    main()
