"""A pseudo-translation, in which every text of the app and of Django stands in brackets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import override_settings

from translations.catalogues import texts

LANGUAGE = "de"


@contextmanager
def pseudo_translation(folder: Path) -> Iterator[None]:
    """Show every text in brackets to readers of German, by a translation of the project, which comes before all others."""
    path = folder / LANGUAGE / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    catalogue = Catalog(locale=LANGUAGE)
    for source in (*map(_texts_of_django, _files_of_django()), texts()):
        for message in source:
            if message.id:
                forms = message.id if isinstance(message.id, str) else tuple(message.id)
                bracketed = f"⟦{forms}⟧" if isinstance(forms, str) else tuple(f"⟦{form}⟧" for form in forms)
                catalogue.add(forms, bracketed, context=message.context)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    with override_settings(LOCALE_PATHS=[folder]):
        yield


def _files_of_django() -> list[Path]:
    return sorted(Path(django.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po"))


def _texts_of_django(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)
