"""Make the small chat that all meet in."""

import time
from random import Random
from typing import Any

from django.db import OperationalError, connection, transaction

from statsproject.chat.models import Message, Room, Team, Upload, User

from .hand import LASTING, ROOMS, TYPES, USERS, Hand
from .on_people import make_team, sign_up
from .on_rooms import CREATED

MESSAGES = 2000
AT_ONCE = 100
PATIENCE_SECONDS = 30


def fill(seed: int) -> None:
    """Make rooms, accounts, teams and messages, in place of what was there."""
    for model in (Message, Upload, Room, Team, User):
        model.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        hand = Hand(cursor, Random(seed), "first")
        for room in ROOMS:
            hand.run(CREATED, room, hand.chance.choice(TYPES))
        for _ in range(len(USERS) // 4):
            sign_up(hand)
            make_team(hand)
        for _ in range(MESSAGES // AT_ONCE):
            hand.insert(AT_ONCE)
        hand.change("is_pinned = true", LASTING)


def let_the_database_cascade() -> None:
    """Remake the constraint between messages and rooms: the database itself deletes and renames what is in a room."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _remake_the_constraint(cursor)
        except OperationalError:  # those who read and fold are in the way
            if time.monotonic() > deadline:
                raise
        else:
            return


def _remake_the_constraint(cursor: Any) -> None:
    cursor.execute(
        "SELECT conname FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = 'chat_message'::regclass AND confrelid = 'chat_room'::regclass"
    )
    [(name,)] = cursor.fetchall()
    cursor.execute(
        f'ALTER TABLE chat_message DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" '
        "FOREIGN KEY (room_id) REFERENCES chat_room (id) ON DELETE CASCADE ON UPDATE CASCADE"
    )
