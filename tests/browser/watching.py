"""What a page complains of while a test uses it."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

# What the policy forbids is told to the console by Chromium too, but not for every kind.
_TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content Security Policy: ${event.violatedDirective} forbids ${event.blockedURI || event.sample}`);
});
"""


@dataclass
class Watch:
    """Keeps the errors of a context's pages; `expected` is a pattern for those that the test wants."""

    expected: str | None = None
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context, from its first line on."""
        context.add_init_script(_TELL_OF_VIOLATIONS)
        context.on("page", self.listen)

    def listen(self, page: Page) -> None:
        """Watch one page."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def unexpected(self) -> list[str]:
        """List what no page should have complained of."""
        return [said for said in self.complaints if not (self.expected and re.search(self.expected, said))]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location['url']}: {message.text}")
