"""What a reader sees or hears of a page: its texts, and the attributes that are read out or shown."""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

SPOKEN = {"title", "aria-label", "aria-description", "alt", "placeholder", "data-title", "data-caption"}
# Names of time zones, and their abbreviations.
ZONE = r"\b[A-Z][a-z]+/[A-Z]\w+|\b(?:UTC|CET|CEST)\b"
# Times as programs write them.
TIME = r"\d{4}-\d{2}-\d{2}T[\d:.]+Z?"
# The last characters of a token.
TOKEN = r"…[\w-]+"
# Code, and what is not text.
UNSEEN = {"script", "style", "code", "pre", "textarea", "datalist"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class VisibleTexts(HTMLParser):
    """The texts of a page, without code and what is marked with `translate="no"` or as being in another language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes of an element, and whether it is data."""
        values = {name: value or "" for name, value in attrs}
        is_data = self._is_data() or tag in UNSEEN or values.get("translate") == "no" or ("lang" in values and tag != "html")
        # The list of all models, which has those of the host.
        is_data = is_data or values.get("id") == "nav-sidebar"
        if not is_data:
            self.texts += [value for name, value in values.items() if name in SPOKEN]
            if values.get("type") in ("submit", "button", "reset"):
                self.texts.append(values.get("value", ""))
            if values.get("name") == "texts":
                self.texts += json.loads(values["content"]).values()
        if tag not in VOID:
            self._open.append((tag, is_data))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those within it whose end was left out."""
        if tag in {name for name, _ in self._open}:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if data.strip() and not self._is_data():
            self.texts.append(" ".join(data.split()))

    def _is_data(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def outside_brackets(text: str) -> str:
    """Return what of a text is not within the brackets of a translation."""
    kept, depth = "", 0
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        kept += character if depth == 0 and character != "⟧" else ""
    return kept


def untranslated(html: str, data: Iterable[str] = ()) -> Iterator[str]:
    """Yield each text of a page that has letters outside of the brackets, apart from some data."""
    known = re.compile("|".join([ZONE, TIME, TOKEN, *map(re.escape, sorted(data, key=len, reverse=True))]))
    # A translation can have markup: what begins in one text ends in another.
    texts, depth = VisibleTexts(html).texts, 0
    for text in texts:
        kept = known.sub("", outside_brackets("⟦" * depth + text))
        depth = max(depth + text.count("⟦") - text.count("⟧"), 0)
        if any(character.isalpha() for character in kept):
            yield text
