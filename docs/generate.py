"""Write into docs/settings.md and docs/statistics.md what the code knows: `make docs`.

Each `### ` section of a setting or a statistic begins with two generated paragraphs; what follows them is written by hand and
stays. A new setting or statistic gets a section, at its place; one that is gone loses it.
"""

import re
import sys
import textwrap
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from statistics_app.catalogue.statistic import AnsweredBy, Statistic, Unit
from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.conf import SETTINGS, Setting

FOLDER = Path(__file__).resolve().parent
WIDTH = 140
_HEADING = re.compile(r"^### `([^`]+)`\n", re.MULTILINE)
_TYPES = {Unit.TEXT: "string", Unit.TIME: "time", Unit.OBJECT: "object"}
# The generated paragraphs of a section: a definition, and one that begins with one of these.
_GENERATED = re.compile(r"\A\n?.*?\n\n(?:Default|Type): .*?(?:\n\n|\Z)", re.DOTALL)


def settings_page(text: str) -> str:
    """Return the page with the sections of all settings; those of environment variables are written by hand."""
    before, rest = text.split("## `STATISTICS`\n", 1)
    chapter, after = rest.split("\n## ", 1)
    return f"{before}## `STATISTICS`\n{_sections(chapter, {one.name: _of_setting(one) for one in SETTINGS})}\n## {after}"


def statistics_page(text: str) -> str:
    """Return the page with the sections of all statistics, in wire order."""
    return _sections(text, {statistic.key: _of_statistic(statistic) for statistic in CATALOGUE})


PAGES = {"settings.md": settings_page, "statistics.md": statistics_page}


def main(names: Iterable[str] = PAGES) -> None:
    """Rewrite the pages in place."""
    for name in names:
        page = FOLDER / name
        page.write_text(PAGES[name](page.read_text()))


def _sections(chapter: str, generated: dict[str, str]) -> str:
    """Put the generated paragraphs into the sections of a chapter; keep its introduction and what is written by hand."""
    introduction, *parts = _HEADING.split(chapter)
    written = dict(zip(parts[::2], parts[1::2], strict=True))
    sections = []
    for name, text in generated.items():
        by_hand = _GENERATED.sub("", written.get(name, "")).strip()
        sections.append(f"### `{name}`\n\n{text}\n" + (f"\n{by_hand}\n" if by_hand else ""))
    return f"{introduction.rstrip()}\n\n" + "\n".join(sections)


def _of_setting(setting: Setting) -> str:
    return f"{_filled(setting.meaning)}\n\n{_filled(f'Default: `{setting.default!r}`. It must be {setting.expected}.')}"


def _of_statistic(statistic: Statistic) -> str:
    type_ = _TYPES.get(statistic.unit, "integer")
    unit = "none" if statistic.unit in _TYPES else statistic.unit
    return f"{_filled(statistic.definition)}\n\n{_filled(f'Type: {type_}. Unit: {unit}. {_null(statistic)}')}"


def _null(statistic: Statistic) -> str:
    """Say when the value is null."""
    if statistic.answered_by is AnsweredBy.RECORD:
        return "Never null."
    if statistic.answered_by is AnsweredBy.MACHINE:
        return "Null if the probe failed or took longer than `PROBE_SECONDS`."
    empty = f"{statistic.empty}, or if " if statistic.empty else ""
    return (
        f"Null if {empty}the source does not answer `{statistic.question}`; a `MappedSource` answers it with "
        f"{_declarations(statistic.needs)}.{_null_parts(statistic)}"
    )


def _null_parts(statistic: Statistic) -> str:
    """Say when parts that are answered by questions of their own are null."""
    return "".join(
        f" Its `{part.path}` is null if the source does not answer `{part.question}`; a `MappedSource` answers it with "
        f"{_declarations(part.needs)}."
        for part in statistic.parts
        if part.question
    )


def _declarations(needs: Iterable[str]) -> str:
    """Write `message_table`, `room_table` and its `discussion`, table by table."""
    tables = []
    for table, paths in groupby(sorted(needs), key=lambda path: path.partition(".")[0]):
        meanings = [f"`{meaning}`" for path in paths if (meaning := path.partition(".")[2])]
        tables.append(f"`{table}`" + (f" and its {' and '.join(meanings)}" if meanings else ""))
    # The table with the longest description last, so that its "and its" is not taken for the next one's.
    tables.sort(key=len)
    return " and ".join([", ".join(tables[:-1]), tables[-1]]) if len(tables) > 1 else tables[0]


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    main(sys.argv[1:] or PAGES)
