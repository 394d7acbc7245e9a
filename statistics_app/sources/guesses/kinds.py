"""The guesses for mappings: kinds of rooms, presence and types of accounts, from choices and from flags."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.db.models import CharField, IntegerField, Model

from ..base import Presence, RoomKind, UserType
from .fields import FLAGS, TIMES, choices_of, of_types, ranked
from .names import fit, words
from .proposal import Guess, literal, mapping, repr_text

_KIND_WORDS: Mapping[RoomKind, tuple[str, ...]] = {
    RoomKind.DIRECT: ("direct", "dm", "pair", "personal", "dialog", "d", "im", "one"),
    RoomKind.LIVECHAT: ("livechat", "live", "support", "visitor", "customer", "omnichannel", "l"),
    RoomKind.PRIVATE_GROUP: ("private", "closed", "secret", "group", "p", "invite", "restricted"),
    RoomKind.CHANNEL: ("channel", "public", "open", "c", "everyone"),
    RoomKind.UNKNOWN: ("unknown",),
}
_PRESENCE_WORDS: Mapping[Presence, tuple[str, ...]] = {
    Presence.ONLINE: ("online", "available", "active"),
    Presence.AWAY: ("away", "idle"),
    Presence.BUSY: ("busy", "dnd", "disturb"),
    Presence.OFFLINE: ("offline", "invisible"),
}
_TYPE_WORDS: Mapping[UserType, tuple[str, ...]] = {
    UserType.BOT: ("bot", "robot", "machine", "service"),
    UserType.APP: ("app", "integration"),
    UserType.GUEST: ("guest", "visitor", "anonymous"),
    UserType.USER: ("user", "human", "person", "member"),
}
_SEEN = ("last_seen", "last_seen_at", "last_active", "last_active_at", "last_activity", "last_online", "seen_at")
_TYPED = ("type", "kind", "room_type", "visibility", "privacy", "access", "category", "mode", "status", "presence", "role")


def room_kinds(model: type[Model]) -> Guess:
    """Guess the kinds of rooms from a column with choices, else from flags; else all rooms are channels."""
    others = _candidates(model)
    chosen = _from_choices([("", model)], RoomKind, _KIND_WORDS, otherwise=RoomKind.OTHER)
    if chosen:
        return mapping("kinds", chosen, others)
    flagged = _from_flags(model)
    if flagged:
        return mapping("kinds", flagged, others)
    note = "nothing tells the kinds of rooms apart, so all are channels"
    return mapping("kinds", [("RoomKind.CHANNEL", "Q()")], others, note)


def presence(near: Sequence[tuple[str, type[Model]]], profiles: Sequence[tuple[str, type[Model]]] = ()) -> Guess:
    """Guess the presence of accounts from a column with choices, a flag, or else the time when one was seen last."""
    chosen = _from_choices(near, Presence, _PRESENCE_WORDS)
    flags = [
        (f"Presence.{key.name}", f"Q({prefix}{field.name}=True)")
        for prefix, model in near
        for field in of_types(model, FLAGS)
        for key, usual in _PRESENCE_WORDS.items()
        if key is not Presence.OFFLINE and field.name != "is_active" and fit(field.name, usual)
    ]
    if chosen or flags:
        return mapping("presence", chosen or flags[:1])
    seen = ranked([*near, *profiles], TIMES, _SEEN)
    since = [("Presence.ONLINE", f"Since({repr_text(seen.best)}, minutes=5)")] if seen.best else []
    return mapping("presence", since, seen.others)


def user_types(near: Sequence[tuple[str, type[Model]]]) -> Guess:
    """Guess the types of accounts from a column with choices, or flags."""
    chosen = _from_choices(near, UserType, _TYPE_WORDS)
    flags = {
        f"UserType.{key.name}": f"Q({prefix}{field.name}=True)"
        for prefix, model in near
        for field in of_types(model, FLAGS)
        for key, usual in _TYPE_WORDS.items()
        if key is not UserType.USER and fit(field.name, usual)
    }
    return mapping("types", chosen or list(flags.items()))


def _from_choices(
    near: Sequence[tuple[str, type[Model]]],
    enum: type[StrEnum],
    usual: Mapping[Any, tuple[str, ...]],
    otherwise: StrEnum | None = None,
) -> list[tuple[str, str]]:
    """Return conditions by key for the column of whose choices most, at least two, are known; the others are `otherwise`."""
    best: list[tuple[str, str]] = []
    known = 1
    for prefix, model in near:
        for field in of_types(model, (CharField, IntegerField), plain=False):
            if not field.choices:
                continue
            values: dict[str, list[str]] = {}
            for value, label in choices_of(field):
                key = _key_of(value, label, usual) or otherwise
                if key is not None:
                    values.setdefault(f"{enum.__name__}.{key.name}", []).append(literal(value))
            found = [key for key in values if otherwise is None or key != f"{enum.__name__}.{otherwise.name}"]
            if len(found) > known:
                known, best = len(found), [(key, _one_of(f"{prefix}{field.name}", given)) for key, given in values.items()]
    return best


def _key_of(value: Any, label: str, usual: Mapping[Any, tuple[str, ...]]) -> Any:
    """Return the key that a choice stands for: by the words of its label, or else of its value."""
    for text in (label, str(value)):
        found = set(words(text))
        for key, names in usual.items():
            if found & set(names):
                return key
    return None


def _one_of(path: str, values: Sequence[str]) -> str:
    return f"Q({path}={values[0]})" if len(values) == 1 else f"Q({path}__in=[{', '.join(values)}])"


def _from_flags(model: type[Model]) -> list[tuple[str, str]]:
    """Return conditions by kind from flags, the narrow ones first; what is not public is private, and the reverse."""
    found: dict[RoomKind, str] = {}
    for field in of_types(model, FLAGS):
        for kind, usual in _KIND_WORDS.items():
            if kind not in found and fit(field.name, usual):
                found[kind] = field.name
                break
    conditions = [
        (f"RoomKind.{kind.name}", f"Q({found[kind]}=True)") for kind in (RoomKind.DIRECT, RoomKind.LIVECHAT) if kind in found
    ]
    public, private = found.get(RoomKind.CHANNEL), found.get(RoomKind.PRIVATE_GROUP)
    if public or private:
        name = public or private
        conditions += [("RoomKind.CHANNEL", f"Q({name}={bool(public)})"), ("RoomKind.PRIVATE_GROUP", f"Q({name}={not public})")]
    elif conditions:
        conditions.append(("RoomKind.CHANNEL", "Q()"))
    return conditions


def _candidates(model: type[Model]) -> list[str]:
    fields = of_types(model, (CharField, IntegerField, *FLAGS), plain=False)
    names = [field.name for field in fields if not field.primary_key and not field.is_relation]
    return sorted(names, key=lambda name: -fit(name, _TYPED))[:3]
