"""The files of translations: every text of the app has a translation in them, and it says the same."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation

from translations.catalogues import read, texts, translations
from translations.compiling import compile_file

FILES = translations()
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\}|<[a-z]+|`[^`]*`")


@pytest.fixture(scope="module")
def found() -> Catalog:
    """The texts of the modules and templates."""
    return texts()


def parts(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """Return the forms of a text."""
    return [text] if isinstance(text, str) else list(text)


def keys(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, parts(message.id)[0]) for message in catalogue if message.id}


def described(message: Message) -> str:
    return f"{message.context or ''} {parts(message.id)[0]!r}"


def test_there_is_a_german_translation() -> None:
    assert [path.parent.parent.name for path in FILES] == ["de"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_a_file_has_exactly_the_texts_of_the_app(path: Path, found: Catalog) -> None:
    hint = "`make messages` adds and removes texts."
    assert keys(found) - keys(read(path)) == set(), hint
    assert keys(read(path)) - keys(found) == set(), hint


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_every_text_is_translated(path: Path) -> None:
    assert [described(message) for message in read(path) if message.fuzzy and message.id] == []
    assert [described(message) for message in read(path) if message.id and not all(parts(message.string))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_translations_have_the_placeholders_and_the_markup_of_the_text(path: Path) -> None:
    for message in read(path):
        if message.id:
            expected = set(PLACEHOLDER.findall(parts(message.id)[-1]))
            for text in parts(message.string):
                assert set(PLACEHOLDER.findall(text)) == expected, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_no_other_app_of_the_host_has_another_translation_of_the_same_text(path: Path, tmp_path: Path) -> None:
    """Django has one catalogue for all apps, and the one that is installed first wins; a context keeps texts apart."""
    compile_file(path, tmp_path / "django.mo")
    with translation.override(path.parent.parent.name):
        for message in read(path):
            if isinstance(message.id, str) and message.id:
                context = message.context
                shown = translation.pgettext(context, message.id) if context else translation.gettext(message.id)
                assert shown == message.string
