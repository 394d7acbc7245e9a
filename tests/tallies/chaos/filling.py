"""Filling of the small chat in which all workers write."""

import time
from random import Random
from typing import Any

from django.db import OperationalError, connection, transaction

from statsproject.chat.models import Message, Room, Team, Upload, User

from .context import MESSAGE_IDS, ROOMS, TYPES, USERS, Context
from .room_actions import INSERT_ROOM
from .user_actions import create_team, create_users

MESSAGES = 2000
BATCH_SIZE = 100
TIMEOUT_SECONDS = 30


def fill(seed: int) -> None:
    """Replace all rows by new rooms, accounts, teams and messages."""
    for model in (Message, Upload, Room, Team, User):
        model.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        context = Context(cursor, Random(seed), "initial")
        for room in ROOMS:
            context.execute(INSERT_ROOM, room, context.rng.choice(TYPES))
        for _ in range(len(USERS) // 4):
            create_users(context)
            create_team(context)
        for _ in range(MESSAGES // BATCH_SIZE):
            context.insert(BATCH_SIZE)
        context.update("is_pinned = true", MESSAGE_IDS)


def cascade_in_the_database() -> None:
    """Replace the foreign key of messages to rooms by one that cascades deletions and changes of ids."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _replace_constraint(cursor)
        except OperationalError:  # readers and compactors hold locks
            if time.monotonic() > deadline:
                raise
        else:
            return


def drop_constraint_on_authors() -> None:
    """Let messages name authors that do not exist, as those of deleted accounts do in many chats."""
    with connection.cursor() as cursor:
        for name in _constraints(cursor, "chat_user"):  # none if an earlier run on this server has dropped it
            cursor.execute(f'ALTER TABLE chat_message DROP CONSTRAINT "{name}"')


def _constraints(cursor: Any, table: str) -> list[str]:
    """Return the names of the constraints that messages refer to a table."""
    cursor.execute(
        "SELECT conname FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = 'chat_message'::regclass AND confrelid = %s::regclass",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _replace_constraint(cursor: Any) -> None:
    [name] = _constraints(cursor, "chat_room")
    cursor.execute(
        f'ALTER TABLE chat_message DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" '
        "FOREIGN KEY (room_id) REFERENCES chat_room (id) ON DELETE CASCADE ON UPDATE CASCADE"
    )
