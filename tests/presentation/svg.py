"""Reading the pictures that the app draws."""

from xml.etree import ElementTree as ET


def parsed(picture: bytes) -> ET.Element:
    """Return the root of a picture. Errors: ParseError if it is not well-formed."""
    return ET.fromstring(picture)  # noqa: S314 - our own


def texts_of(picture: bytes) -> list[str]:
    """Return the texts of a picture."""
    return [element.text.strip() for element in parsed(picture).iter() if element.text and element.text.strip()]
