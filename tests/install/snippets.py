"""The snippets of the documentation, each with the file that its first line names."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.services.programs import ROOT

FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# ([\w/.]+\.py|python manage\.py shell)\n")


@dataclass(frozen=True)
class Snippet:
    """A block of a page: its language, the file that it belongs to, if it names one, and its text."""

    language: str
    file: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines that have to be typed: without empty ones and comments."""
        return [line for line in self.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def snippets_of(page: str, heading: str) -> list[Snippet]:
    """Return the snippets below a heading of a page, up to the next heading of that level or above."""
    level, _, _ = heading.partition(" ")
    _, _, rest = (ROOT / page).read_text().partition(f"\n{heading}\n")
    assert rest, f"{page} has no heading {heading}"
    # The lines of a block that begin like a heading are comments.
    without = FENCED.sub(lambda block: "-" * len(block[0]), rest)
    end = re.search(rf"^#{{1,{len(level)}}} ", without, re.MULTILINE)
    return [_snippet(language, text) for language, text in FENCED.findall(rest[: end.start() if end else None])]


def _snippet(language: str, text: str) -> Snippet:
    named = NAMED.match(text)
    return Snippet(language, named[1] if named else "", text)


def add(folder: Path, snippet: Snippet) -> None:
    """Add a snippet to the end of its file."""
    with (folder / snippet.file).open("a") as file:
        file.write(f"\n\n{snippet.text}")
