"""Translate the objects in a statistics document: only the properties that ours have, and the whole object or nothing."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..serialization import wire_time
from .values import InvalidValue, count, flag, mapping, moment, number, text, whole

Parse = Callable[[Any], Any]

# Such as `pt-BR`; anything else might be no language.
_LANGUAGE = re.compile(r"[A-Za-z0-9_-]{1,35}")
_MOST_CORES = 4096
_CPU_TIMES = ("user", "nice", "sys", "idle", "irq")


def languages(value: Any) -> dict[str, int]:
    """Return the number of accounts by language."""
    if any(not isinstance(language, str) or not _LANGUAGE.fullmatch(language) for language in mapping(value)):
        raise InvalidValue("has a key that is not a language")
    return {language: _part(value, language, count) for language in value}


def operating_system(value: Any) -> dict[str, Any]:
    """Return the data about the machine, in the form of Node's `os` module, without its name."""
    return {
        **{name: _part(value, name, text) for name in ("type", "platform", "arch", "release")},
        "uptime": _part(value, "uptime", whole),
        "loadavg": _part(value, "loadavg", _loads),
        "totalmem": _part(value, "totalmem", whole),
        "freemem": _part(value, "freemem", whole),
        "cpus": _part(value, "cpus", _cores),
    }


def process(value: Any) -> dict[str, Any]:
    """Return the data about the server's process; one that does not tell its runtime runs on Node.js."""
    return {
        "nodeVersion": _part(value, "nodeVersion", text),
        "runtime": _part(value, "runtime", text) if "runtime" in mapping(value) else "Node.js",
        "pid": _part(value, "pid", count),
        "uptime": _part(value, "uptime", number),
    }


def deployment(value: Any) -> dict[str, str]:
    """Return how the server was deployed."""
    return {name: _part(value, name, text) for name in ("method", "platform")}


def migration(value: Any) -> dict[str, Any]:
    """Return the state of the server's migrations."""
    return {
        "_id": "control",
        "version": _part(value, "version", count),
        "locked": _part(value, "locked", flag),
        **{name: wire_time(_part(value, name, moment)) for name in ("lockedAt", "buildAt")},
    }


def teams(value: Any, rooms_inside_teams: int | None) -> dict[str, int | None]:
    """Return the numbers of teams and of their rooms; null for rooms that the server did not count.

    Rocket.Chat lists its teams with the rooms of each: these are added up if the list is complete.
    """
    total = _part(value, "totalTeams", count)
    listed = value.get("teamStats")
    listed = listed if isinstance(listed, list) and len(listed) == total else None
    return {
        "totalTeams": total,
        "totalRoomsInsideTeams": _rooms(value, "totalRoomsInsideTeams", listed, "totalRooms", rooms_inside_teams),
        "totalDefaultRoomsInsideTeams": _rooms(value, "totalDefaultRoomsInsideTeams", listed, "totalDefaultRooms", None),
    }


def _rooms(
    value: Mapping[str, Any], name: str, listed: list[Any] | None, name_in_list: str, otherwise: int | None
) -> int | None:
    if value.get(name) is not None:
        return int(_part(value, name, count))
    if otherwise is not None or listed is None:
        return otherwise
    try:
        return sum(_part(team, name_in_list, count) for team in listed)
    except InvalidValue:
        return None


def _loads(value: Any) -> list[int | float]:
    if not isinstance(value, list) or len(value) != 3:
        raise InvalidValue("is not a list of three numbers")
    return [number(load) for load in value]


def _cores(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > _MOST_CORES:
        raise InvalidValue("is not a list of cores")
    return [_core(core) for core in value]


def _core(value: Any) -> dict[str, Any]:
    times = _part(value, "times", mapping)
    return {
        "model": _part(value, "model", text),
        "speed": _part(value, "speed", whole),
        "times": {name: _part(times, name, whole) for name in _CPU_TIMES},
    }


def _part(value: Any, name: str, parse: Parse) -> Any:
    """Return a property of an object; an error names it."""
    if name not in mapping(value):
        raise InvalidValue(f"has no '{name}'")
    try:
        return parse(value[name])
    except InvalidValue as error:
        raise InvalidValue(f"has a '{name}' that {error}") from error
