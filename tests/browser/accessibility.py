"""Whether all can use a page, as far as axe-core can see."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.services.programs import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Violation:
    """One rule that a page breaks, where, and what would mend it."""

    id: str
    nodes: tuple[str, ...]
    summary: str


def violations(page: Page) -> list[Violation]:
    """Run axe-core in a page as it is now, and return what it finds: nothing, if all is well.

    It is put in by the debugger's protocol, which the page's own policy does not bind.
    """
    assert AXE.exists(), "axe-core is not installed; `make assets` installs it."
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        Violation(one["id"], tuple(node["html"] for node in one["nodes"]), one["nodes"][0]["failureSummary"]) for one in found
    ]
