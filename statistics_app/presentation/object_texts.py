"""Objects of a snapshot's document in words: the process, the deployment, and the state of the database's schema."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from .number_format import UNKNOWN, format_duration

Object = Mapping[str, Any]


def object_text(key: str, value: Object) -> str:
    """Return an object in words; the entries of one without words of its own are listed as they are."""
    return _TEXTS.get(key, entries_text)(value) or UNKNOWN


def entries_text(value: Object) -> str:
    """Return the entries of an object, such as numbers by language; those that are neither texts nor numbers are left out."""
    return ", ".join(f"{name} {part}" for name, part in value.items() if isinstance(part, (str, int, float)))


def _process(value: Object) -> str:
    parts = [
        " ".join(value[name] for name in ("runtime", "nodeVersion") if isinstance(value.get(name), str)),
        gettext("id %(id)s") % {"id": value["pid"]} if value.get("pid") is not None else "",
        gettext("up %(time)s") % {"time": format_duration(value["uptime"])}
        if isinstance(value.get("uptime"), (int, float))
        else "",
    ]
    return ", ".join(part for part in parts if part)


def _deployment(value: Object) -> str:
    return ", ".join(str(value[name]) for name in ("method", "platform") if value.get(name))


def _schema(value: Object) -> str:
    if value.get("version") is None:
        return ""
    state = gettext("one is missing or running") if value.get("locked") else gettext("up to date")
    return gettext("%(number)s migrations, %(state)s") % {"number": value["version"], "state": state}


_TEXTS: dict[str, Callable[[Object], str]] = {"process": _process, "deploy": _deployment, "migration": _schema}
