"""Texts that programs read in English and people in their language."""

from typing import Any

from django.utils.translation import gettext


def gettext_noop(text: str) -> str:
    """Mark a text for translation and return it as it is, like Django's function, but without asking for its settings.

    Texts are marked when modules are imported, which may be before there are settings.
    """
    return text


class Text(str):
    """A text in English, which knows its form and what was put into that, so that it can be translated later.

    The form is marked where it is written: `Text(gettext_noop("The broker does not answer within %(seconds)s s."), seconds=2)`.
    """

    __slots__ = ("form", "values")

    form: str
    values: dict[str, Any]

    def __new__(cls, form: str, **values: Any) -> "Text":
        """Return the text of a form with values."""
        text = super().__new__(cls, form % values if values else form)
        text.form, text.values = form, values
        return text


def translate(text: str) -> str:
    """Return a text in the current language: any that is marked for translation, or a `Text`; others stay as they are."""
    if isinstance(text, Text):
        values = {name: translate(value) if isinstance(value, Text) else value for name, value in text.values.items()}
        return gettext(text.form) % values if values else gettext(text.form)
    return gettext(text) if text else ""
