"""Errors that pages log while a test uses them."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

# Chromium itself does not log every kind of violation of the Content-Security-Policy to the console.
_LOG_POLICY_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content Security Policy: ${event.violatedDirective} forbids ${event.blockedURI || event.sample}`);
});
"""


@dataclass
class PageErrors:
    """The errors of pages: from their consoles, and uncaught exceptions; `expected` is a pattern of those that are allowed."""

    expected: str | None = None
    errors: list[str] = field(default_factory=list)

    def record_context(self, context: BrowserContext) -> None:
        """Record the errors of all pages that are opened in a context, and violations of their policies."""
        context.add_init_script(_LOG_POLICY_VIOLATIONS)
        context.on("page", self.record_page)

    def record_page(self, page: Page) -> None:
        """Record the errors of one page."""
        page.on("console", self._record_message)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))

    def unexpected(self) -> list[str]:
        """Return the errors that do not match the pattern `expected`."""
        return [error for error in self.errors if not (self.expected and re.search(self.expected, error))]

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.location['url']}: {message.text}")
