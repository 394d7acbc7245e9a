"""The texts of the app that are translated, as found in its sources, and the files with their translations."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from .compiling import ROOT

APP = ROOT / "statistics_app"
TEMPLATES = ROOT / "templates"
# What marks a text, with the positions of its parts; `c` is a context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_COMMENT_TAGS = ("Translators:",)
_WIDTH = 120


def translations() -> list[Path]:
    """Return the files with translations, one for each language."""
    return sorted(APP.glob("locale/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Return the translations of a file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def texts() -> Catalog:
    """Return the texts of the app's modules and templates, without translations."""
    catalogue = Catalog()
    for path, (lineno, message, comments, context) in _messages():
        where = [(path.relative_to(ROOT).as_posix(), lineno)]
        catalogue.add(message, None, where, auto_comments=comments, context=context)
    return catalogue


def update(path: Path) -> None:
    """Add new texts to a file of translations, and remove those that are gone; nothing is guessed from similar texts."""
    catalogue = read(path)
    catalogue.update(texts(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    # The head, with the glossary, stays as it is: Babel would add times that change with each run.
    head, _, _ = path.read_text().partition("\n\n")
    with BytesIO() as body:
        write_po(body, catalogue, width=_WIDTH, include_lineno=False, omit_header=True)
        path.write_text(f"{head}\n\n{body.getvalue().decode()}")


def _messages() -> Iterator[tuple[Path, tuple]]:
    for path in sorted(APP.rglob("*.py")):
        if "migrations" not in path.parts:
            with path.open("rb") as file:
                found = list(extract("python", file, KEYWORDS, _COMMENT_TAGS))
            yield from ((path, message) for message in found)
    for path in sorted(TEMPLATES.rglob("*.html")):
        found = list(extract(_extract_template, BytesIO(path.read_bytes()), KEYWORDS, _COMMENT_TAGS))
        yield from ((path, message) for message in found)


def _extract_template(file, keywords, comment_tags, options):
    """Yield the texts of a template as Babel's extraction methods do: Django turns it into calls that mark them in Python."""
    source = templatize(file.read().decode())
    # What remains of the template's own lines is no Python, and must not be indented like it.
    calls = "\n".join(line.strip() for line in source.splitlines())
    return extract_python(BytesIO(calls.encode()), keywords, comment_tags, options)
