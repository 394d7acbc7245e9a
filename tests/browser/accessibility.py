"""Accessibility checks of pages with axe-core."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.services.programs import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Violation:
    """An accessibility rule that a page violates, the elements concerned, and how to fix them."""

    id: str
    nodes: tuple[str, ...]
    summary: str


def violations(page: Page) -> list[Violation]:
    """Run axe-core in a page in its present state, and return the violations, also of the size of what is clicked.

    The script is injected with the debugger's protocol, to which the page's Content-Security-Policy does not apply.
    """
    assert AXE.exists(), "axe-core is not installed; `make assets` installs it."
    page.evaluate(AXE.read_text())
    results = page.evaluate("async () => (await axe.run({ rules: { 'target-size': { enabled: true } } })).violations")
    return [
        Violation(result["id"], tuple(node["html"] for node in result["nodes"]), result["nodes"][0]["failureSummary"])
        for result in results
    ]
