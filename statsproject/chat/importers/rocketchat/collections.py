"""Rocket.Chat's collections that are loaded, in load order."""

from ...models import Message, Room, Subscription, Upload, User
from ..accounts import AccountCollection
from ..collection import Collection, Reference
from .rows import message_row, room_row, subscription_row, upload_row, user_row
from .teams import RoomCollection

USERS = AccountCollection("users", User, user_row, insert_only=frozenset({"password", "is_superuser", "is_staff"}))
ROOMS = RoomCollection("rocketchat_room", Room, room_row)
SUBSCRIPTIONS = Collection(
    "rocketchat_subscription",
    Subscription,
    subscription_row,
    required=(Reference("user_id", User), Reference("room_id", Room)),
)
MESSAGES = Collection(
    "rocketchat_message",
    Message,
    message_row,
    required=(Reference("room_id", Room),),
    optional=(Reference("author_id", User),),
)
UPLOADS = Collection(
    "rocketchat_uploads",
    Upload,
    upload_row,
    optional=(Reference("room_id", Room), Reference("user_id", User)),
)

COLLECTIONS = (USERS, ROOMS, SUBSCRIPTIONS, MESSAGES, UPLOADS)
