"""Rocket.Chat's collections that are loaded, in load order."""

from ...models import Message, Room, Subscription, Team, Upload, User
from ..accounts import AccountCollection
from ..collection import Collection, Reference
from ..placeholders import room_placeholder
from .rows import message_row, room_row, subscription_row, team_row, upload_row, user_row
from .teams import RoomCollection

IN_ROOM = room_placeholder("room_id")

USERS = AccountCollection(
    "users", User, user_row, insert_only=frozenset({"password", "is_superuser", "is_staff"}), time="date_joined"
)
TEAMS = Collection("rocketchat_team", Team, team_row, newer=True)
ROOMS = RoomCollection("rocketchat_room", Room, room_row, time="created_at")
SUBSCRIPTIONS = Collection(
    "rocketchat_subscription",
    Subscription,
    subscription_row,
    optional=(Reference("user_id", User),),
    placeholders=(IN_ROOM,),
)
MESSAGES = Collection(
    "rocketchat_message",
    Message,
    message_row,
    optional=(Reference("author_id", User),),
    placeholders=(IN_ROOM,),
    time="sent_at",
)
UPLOADS = Collection(
    "rocketchat_uploads",
    Upload,
    upload_row,
    optional=(Reference("room_id", Room), Reference("user_id", User)),
    time="uploaded_at",
)

COLLECTIONS = (USERS, TEAMS, ROOMS, SUBSCRIPTIONS, MESSAGES, UPLOADS)
