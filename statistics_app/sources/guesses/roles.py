"""Which models are the chat's: the one of messages is found with that of rooms, and the others by their relations to these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model

from .fields import INTEGERS, TEXTS, TIMES, Ranked, foreign_keys, of_types, ranked
from .names import fit

MESSAGES = ("message", "post", "comment", "reply", "entry", "note")
ROOMS = (
    *("room", "channel", "conversation", "chat", "space", "topic", "discussion", "thread", "dialog", "dialogue", "forum"),
    *("board", "group", "stream"),
)
USERS = ("user", "member", "account", "person", "profile", "participant")
UPLOADS = ("upload", "attachment", "file", "document", "image", "media")
TEAMS = ("team", "workspace", "organization", "organisation", "guild", "server", "community", "tenant")
READ = ("last_read_at", "last_seen_at", "last_read", "last_seen", "read_at", "seen_at", "last_visit", "read", "seen", "visited")
SIZES = ("size", "bytes", "octets", "file_size", "length", "filesize")
# Names of what belongs to a message, or is not one.
_NOT_MESSAGES = (
    *("reaction", "like", "mention", "receipt", "read", "vote", "tag", "log", "event", "notification", "draft", "subscription"),
    *("membership", "member", "participant", "participation", "invitation", "invite", "ban"),
)
_LEAST = 400


@dataclass(frozen=True, slots=True)
class Roles:
    """The models of the chat, as far as they are found, and those that may be them as well.

    Messages without a room are those between two accounts.
    """

    user: type[Model] | None
    room: type[Model] | None
    message: type[Model] | None
    room_key: Any
    subscription: type[Model] | None
    upload: type[Model] | None
    team: type[Model] | None
    other_messages: tuple[type[Model], ...]
    other_rooms: tuple[type[Model], ...]
    unnamed: tuple[type[Model], ...]
    """Models whose names say nothing, with an account and a time: they may be messages, or when somebody read a room."""


def find_roles(models: Sequence[type[Model]]) -> Roles:
    """Find the chat's models."""
    users = _user_models(models)
    pairs = sorted(chain.from_iterable(_rooms_of(model, users) for model in models), key=lambda pair: -pair[0])
    score, message, key = pairs[0] if pairs else (0, None, None)
    if score < _LEAST:
        message = key = None
    direct = [model for model in models if _is_direct(model, users)]
    message = message or next(iter(sorted(direct, key=lambda model: -fit(model.__name__, MESSAGES))), None)
    room = key.related_model._meta.concrete_model if key else None
    user = _author_model(message, users) if message else next(iter(users), None)
    others = _distinct(
        [one for points, one, _ in pairs if points >= _LEAST and one is not message and fit(one.__name__, MESSAGES)]
    )
    named = (message, *others, *direct, *users)
    return Roles(
        user,
        room,
        message,
        key,
        _subscriptions(models, room, user),
        _uploads(models),
        _team(room),
        (*others, *(one for one in direct if one not in others and one is not message)),
        tuple(_distinct([pair[2].related_model for pair in pairs if pair[1] is message and pair[2].related_model is not room])),
        tuple(model for model in models if model not in named and _is_unnamed(model, users)),
    )


def project_models(labels: Collection[str] = ()) -> list[type[Model]]:
    """Return the models with tables of some apps, by default all but those of Django and of this app; in a fixed order."""
    if labels:
        configs = [apps.get_app_config(label) for label in labels]
    else:
        configs = [
            config
            for config in apps.get_app_configs()
            if not config.name.startswith(("django.", "statistics_app", "rest_framework", "allauth.", "oauth2_provider"))
        ]
    models = chain.from_iterable(config.get_models() for config in configs)
    return sorted((model for model in models if not model._meta.proxy), key=lambda model: model._meta.label)


def _user_models(models: Sequence[type[Model]]) -> list[type[Model]]:
    """Return the models of accounts: Django's, those that extend it, and others that are named so."""
    account = get_user_model()
    extending = [model for model in models if any(key.one_to_one for key in foreign_keys(model, account))]
    named = [model for model in models if fit(model.__name__, USERS) >= 190 and not foreign_keys(model, account)]
    return _distinct([account, *extending, *named])


def _rooms_of(model: type[Model], users: Sequence[type[Model]]) -> list[tuple[int, type[Model], Any]]:
    """Return the foreign keys of a model that may lead from messages to rooms, with how likely it is."""
    if model in users or not of_types(model, TIMES):
        return []
    points = 2 * fit(model.__name__, MESSAGES) - 300 * bool(fit(model.__name__, _NOT_MESSAGES))
    points -= 200 * bool(fit(model.__name__, UPLOADS))
    points += 60 * any(foreign_keys(model, user) for user in users) + 30 * bool(of_types(model, TEXTS))
    points += 30 * bool(foreign_keys(model, model))
    keys = [key for key in foreign_keys(model) if key.related_model not in (model, *users) and not key.one_to_one]
    return [
        (
            points + fit(key.related_model.__name__, ROOMS) + fit(key.name, ROOMS) + 20 * (not key.null) + 5 * _is_plain(key),
            model,
            key,
        )
        for key in keys
    ]


def _is_plain(key: Any) -> bool:
    """Return whether a key refers to the primary key of its model, and is a constraint."""
    return bool(key.target_field.primary_key and getattr(key, "db_constraint", True))


def _author_model(message: type[Model], users: Sequence[type[Model]]) -> type[Model] | None:
    """Return the model of accounts that messages refer to."""
    return next((user for user in users if foreign_keys(message, user)), next(iter(users), None))


def _is_direct(model: type[Model], users: Sequence[type[Model]]) -> bool:
    """Return whether a model looks like messages from one account to another."""
    to_users = [key for user in users for key in foreign_keys(model, user)]
    return len(to_users) >= 2 and bool(fit(model.__name__, MESSAGES)) and bool(of_types(model, TIMES))


def _is_unnamed(model: type[Model], users: Sequence[type[Model]]) -> bool:
    """Return whether a model has an account and a time, and a name that says nothing."""
    known = (MESSAGES, _NOT_MESSAGES, ROOMS, UPLOADS, TEAMS, USERS, READ)
    has_account = any(foreign_keys(model, user) for user in users)
    return has_account and bool(of_types(model, TIMES)) and not any(fit(model.__name__, usual) for usual in known)


def _subscriptions(models: Sequence[type[Model]], room: type[Model] | None, user: type[Model] | None) -> type[Model] | None:
    """Return the model with an account, a room, and the time at which the one read the other."""
    if room is None or user is None:
        return None
    between = [model for model in models if foreign_keys(model, room) and foreign_keys(model, user)]
    return next((model for model in between if last_seen(model).best), None)


def last_seen(model: type[Model]) -> Ranked:
    """Rank the columns for when an account read a room; in a model that is named for it, it is the time of any name."""
    return ranked([("", model)], TIMES, READ, guess_any=bool(fit(model.__name__, READ)))


def _uploads(models: Sequence[type[Model]]) -> type[Model] | None:
    """Return the model of files, one with a size if there is any."""
    named = [model for model in models if fit(model.__name__, UPLOADS)]
    with_size = [model for model in named if ranked([("", model)], INTEGERS, SIZES).best]
    return next(iter(with_size or named), None)


def _team(room: type[Model] | None) -> type[Model] | None:
    keys = foreign_keys(room) if room else []
    return next((key.related_model for key in keys if fit(key.name, TEAMS) or fit(key.related_model.__name__, TEAMS)), None)


def _distinct(models: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(models))
