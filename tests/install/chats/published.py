"""The applications, each with a project's settings, a source, rows, changes of rows, and its own counts by plain queries."""

from dataclasses import dataclass

IMPORTS = """
from django.db.models import Q
from statistics_app.sources.base import RoomKind
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, UserTable
"""
# Everything that a source of theirs can say of Django's own accounts.
ACCOUNTS = """
    user_table = UserTable(
        model="auth.User", active=Q(is_active=True), last_login="last_login", created_at="date_joined", name="username"
    )
"""


@dataclass(frozen=True)
class PublishedChat:
    """An application; `counts` prints, as JSON, what plain queries find of the statistics."""

    name: str
    requirement: str
    settings: str
    source: str
    rows: str
    changes: str
    counts: str


MACHINA = PublishedChat(
    "machina",
    "django-machina==1.3.1",
    """
from machina import MACHINA_MAIN_STATIC_DIR, MACHINA_MAIN_TEMPLATE_DIR

INSTALLED_APPS += [
    "mptt", "haystack", "widget_tweaks", "machina", "machina.apps.forum", "machina.apps.forum_conversation",
    "machina.apps.forum_conversation.forum_attachments", "machina.apps.forum_conversation.forum_polls",
    "machina.apps.forum_feeds", "machina.apps.forum_moderation", "machina.apps.forum_search",
    "machina.apps.forum_tracking", "machina.apps.forum_member", "machina.apps.forum_permission",
]
TEMPLATES[0]["DIRS"] += [MACHINA_MAIN_TEMPLATE_DIR]
TEMPLATES[0]["OPTIONS"]["context_processors"] += ["machina.core.context_processors.metadata"]
MIDDLEWARE += ["machina.apps.forum_permission.middleware.ForumPermissionMiddleware"]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} for name in ("default", "machina_attachments")
}
""",
    f"""{IMPORTS}
class Source(MappedSource):
{ACCOUNTS}
    room_table = RoomTable(
        model="forum_conversation.Topic", kinds={{RoomKind.CHANNEL: Q(approved=True)}}, created_at="created", name="subject"
    )
    message_table = MessageTable(
        model="forum_conversation.Post", where=Q(approved=True), room="topic", sent_at="created", author="poster"
    )
    subscription_table = SubscriptionTable(model="forum_tracking.TopicReadTrack", last_seen="mark_time", user="user")
""",
    """
from django.contrib.auth.models import User
from django.utils import timezone
from machina.apps.forum.models import Forum
from machina.apps.forum_conversation.models import Post, Topic
from machina.apps.forum_tracking.models import TopicReadTrack
people = [User.objects.get(username="ada"), *(User.objects.create_user(f"user{n}") for n in range(3))]
forum = Forum.objects.create(name="Talk", type=Forum.FORUM_POST)
for n in range(4):
    topic = Topic.objects.create(
        forum=forum, poster=people[n], subject=f"Topic {n}", type=Topic.TOPIC_POST, status=Topic.TOPIC_UNLOCKED,
        approved=n != 3,
    )
    for m in range(5):
        Post.objects.create(topic=topic, poster=people[(n + m) % 4], subject="s", content="c", approved=m != 4)
    TopicReadTrack.objects.create(topic=topic, user=people[0])
""",
    """
from django.contrib.auth.models import User
from machina.apps.forum_conversation.models import Post, Topic
Post.objects.filter(approved=True).first().delete()
Topic.objects.filter(approved=False).update(approved=True)
Post.objects.filter(approved=False).update(approved=True)
Topic.objects.filter(approved=True).last().delete()
User.objects.filter(username="user2").update(is_active=False)
""",
    """
import json
from django.contrib.auth.models import User
from machina.apps.forum_conversation.models import Post, Topic
messages = Post.objects.filter(approved=True, topic__approved=True).count()
rooms = Topic.objects.filter(approved=True).count()
print(json.dumps({
    "totalUsers": User.objects.count(), "activeUsers": User.objects.filter(is_active=True).count(),
    "totalRooms": rooms, "totalChannels": rooms, "totalMessages": messages, "totalChannelMessages": messages,
}))
""",
)
