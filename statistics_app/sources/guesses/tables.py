"""The guesses for each table: which column or condition has which meaning."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from .fields import (
    FLAGS,
    INTEGERS,
    TEXTS,
    TIMES,
    Ranked,
    counted,
    foreign_keys,
    keys_by_name,
    of_types,
    ranked,
    with_account,
    with_profiles,
)
from .kinds import presence, room_kinds, user_types
from .names import fit
from .proposal import Guess, TableGuess, column, condition, repr_text
from .roles import SIZES, Roles, last_seen

CREATED = ("created_at", "created", "date_created", "created_on", "opened_at", "started_at", "timestamp")
JOINED = ("date_joined", "joined_at", "registered_at", *CREATED)
SENT = ("sent_at", "posted_at", "written_at", "sent", "posted", *CREATED, "pub_date", "published_at", "date", "time")
AUTHORS = ("author", "sender", "user", "from_user", "writer", "poster", "owner", "created_by", "account", "member")
ROOTS = ("thread_root", "root", "thread", "reply_to", "in_reply_to", "replied_to", "answers_to", "parent", "quoted")
LANGUAGES = ("language", "locale", "lang", "preferred_language", "language_code")
LOGINS = ("last_login", "last_login_at", "logged_in_at", "last_sign_in")
USER_NAMES = ("username", "nickname", "handle", "display_name", "name", "nick", "full_name", "email")
ROOM_NAMES = ("name", "title", "subject", "topic", "label", "slug")
UPLOADED = ("uploaded_at", "uploaded", "upload_date", "upload_time", *CREATED)
ACTIVE, BANNED = (
    ("is_active", "active", "enabled"),
    ("is_banned", "banned", "is_blocked", "blocked", "is_disabled", "suspended"),
)
PINNED = ("is_pinned", "pinned", "is_sticky", "sticky", "pinned_at")
UNKNOWN = '"…"'
DEFAULT = ("is_team_default", "team_default", "is_default", "default", "auto_join")


def table_guesses(roles: Roles) -> list[TableGuess]:
    """Return the guesses for all tables, in the order of a source."""
    return [_users(roles), _rooms(roles), _messages(roles), _subscriptions(roles), _uploads(roles), _teams(roles)]


def _users(roles: Roles) -> TableGuess:
    model = roles.user
    if model is None:
        return TableGuess("user_table", "UserTable", "accounts", None)
    near, profiles = with_account(model), with_profiles(model)
    flags = [(f"{prefix}{field.name}", field.name) for prefix, one in near for field in of_types(one, FLAGS)]
    active = [f"{path}=False" for path, name in flags if fit(name, BANNED)] + [
        f"{path}=True" for path, name in flags if fit(name, ACTIVE)
    ]
    return TableGuess(
        "user_table",
        "UserTable",
        "accounts",
        model,
        [
            *_where(model),
            condition("active", active, [path for path, name in flags if not fit(name, (*BANNED, *ACTIVE))][:3]),
            presence(near, profiles),
            user_types(near),
            column("language", ranked([*near, *profiles], TEXTS, LANGUAGES)),
            column("last_login", ranked(near, TIMES, LOGINS)),
            column("created_at", ranked(near, TIMES, JOINED)),
            column("name", ranked(near, TEXTS, USER_NAMES), note="shown only to those who may see people"),
        ],
    )


def _rooms(roles: Roles) -> TableGuess:
    model = roles.room
    if model is None:
        return TableGuess("room_table", "RoomTable", "rooms", None)
    parents = [key.name for key in foreign_keys(model, model)]
    teams = [key.name for key in foreign_keys(model, roles.team)] if roles.team else []
    defaults = ranked([("", model)], FLAGS, DEFAULT)
    return TableGuess(
        "room_table",
        "RoomTable",
        "rooms",
        model,
        [
            *_where(model),
            room_kinds(model),
            condition("discussion", [f"{name}__isnull=False" for name in parents[:1]], parents[1:4]),
            column("team", Ranked(teams[0] if teams else None, tuple(teams[1:4]))),
            condition("team_default", [f"{defaults.best}=True"] if defaults.best and teams else [], defaults.others),
            column("created_at", ranked([("", model)], TIMES, CREATED)),
            column("name", ranked([("", model)], TEXTS, ROOM_NAMES)),
            Guess("public", None, (), "Q(…)", "the other names are shown only with a permission for it"),
        ],
        _labels(roles.other_rooms),
    )


def _messages(roles: Roles) -> TableGuess:
    model = roles.message
    if model is None:
        return TableGuess("message_table", "MessageTable", "messages", None)
    near = [("", model)]
    authors = keys_by_name(model, roles.user, AUTHORS) if roles.user else Ranked(None, ())
    pinned = [f"{field.name}=True" for field in of_types(model, FLAGS) if fit(field.name, PINNED)]
    pinned += [f"{field.name}__isnull=False" for field in of_types(model, TIMES) if field.null and fit(field.name, PINNED)]
    return TableGuess(
        "message_table",
        "MessageTable",
        "messages",
        model,
        [
            *_where(model),
            _room_of_message(model, roles),
            column("sent_at", ranked(near, TIMES, SENT, guess_any=True), required=True),
            column("author", authors),
            column("thread_root", keys_by_name(model, model, ROOTS)),
            condition(
                "pinned", pinned[:1], [field.name for field in of_types(model, FLAGS) if not fit(field.name, PINNED)][:3]
            ),
        ],
        _labels(roles.other_messages),
        _several(roles),
    )


def _room_of_message(model: type[Model], roles: Roles) -> Guess:
    """Return the key to the room, or the two accounts between whom messages without a room are."""
    if roles.room is None:
        return Guess("room", _pair(model, roles), note="each two accounts have a room of their own", required=True)
    others = [key.name for key in foreign_keys(model, roles.room) if key.name != roles.room_key.name]
    note = "messages without one are not counted" if roles.room_key.null else ""
    return column("room", Ranked(roles.room_key.name, tuple(others[:3])), required=True, note=note)


def _pair(model: type[Model], roles: Roles) -> str | None:
    """Return the two keys to accounts as Python, that of the author first; None if there are not two."""
    accounts = keys_by_name(model, roles.user, AUTHORS) if roles.user else Ranked(None, ())
    if accounts.best is None or not accounts.others:
        return None
    return f"Pair({repr_text(accounts.best)}, {repr_text(accounts.others[0])})"


def _subscriptions(roles: Roles) -> TableGuess:
    model = roles.subscription
    if model is None or roles.user is None:
        return TableGuess("subscription_table", "SubscriptionTable", "the times at which accounts read rooms", None)
    return TableGuess(
        "subscription_table",
        "SubscriptionTable",
        "the times at which accounts read rooms",
        model,
        [
            *_where(model),
            column("last_seen", last_seen(model), required=True),
            column("user", keys_by_name(model, roles.user, AUTHORS)),
        ],
    )


def _uploads(roles: Roles) -> TableGuess:
    model = roles.upload
    if model is None:
        return TableGuess("upload_table", "UploadTable", "files", None)
    to_message = foreign_keys(model, roles.message)[:1] if roles.message else []
    marks = counted(model) or [mark for key in to_message for mark in counted(key.related_model, f"{key.name}__")]
    return TableGuess(
        "upload_table",
        "UploadTable",
        "files",
        model,
        [
            *([condition("where", marks)] if marks else []),
            column("size", ranked([("", model)], INTEGERS, SIZES), required=True),
            column("uploaded_at", ranked([("", model)], TIMES, UPLOADED)),
            column("room", _room_of_upload(model, roles, to_message)),
        ],
    )


def _room_of_upload(model: type[Model], roles: Roles, to_message: Sequence[Any]) -> Ranked:
    """Return the key to the room that messages refer to rooms by, the file's own or its message's."""
    if roles.room is None:
        return Ranked(None, ())
    own = [key.name for key in foreign_keys(model, roles.room) if key.target_field == roles.room_key.target_field]
    paths = [*own, *(f"{key.name}__{roles.room_key.name}" for key in to_message)]
    return Ranked(paths[0] if paths else None, tuple(paths[1:4]))


def _teams(roles: Roles) -> TableGuess:
    guesses = _where(roles.team) if roles.team else []
    return TableGuess("team_table", "Table", "teams", roles.team, guesses)


def _where(model: type[Model]) -> list[Guess]:
    marks = counted(model)
    return [condition("where", marks)] if marks else []


def _labels(models: Sequence[type[Model]]) -> tuple[str, ...]:
    return tuple(model._meta.label for model in models[:3])


def _several(roles: Roles) -> list[str]:
    """Return how messages of other tables would be declared, where rooms are the two accounts."""
    notes = []
    for model in roles.other_messages[:3]:
        authors = keys_by_name(model, roles.user, AUTHORS) if roles.user else Ranked(None, ())
        at = ranked([("", model)], TIMES, SENT, guess_any=True).best or "…"
        arguments = [
            f'model="{model._meta.label}"',
            *(f"where={guess.code}" for guess in _where(model)),
            f"room={_pair(model, roles) or UNKNOWN}",
            f'sent_at="{at}"',
            *([f"author={repr_text(authors.best)}"] if authors.best else []),
        ]
        notes.append(f"MessageTable({', '.join(arguments)})")
    if any("Pair(" in note for note in notes):
        notes.append("from statistics_app.sources.pairs import Pair  # at the top")
    return notes
