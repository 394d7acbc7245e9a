"""django-machina, a forum: topics are rooms, and posts that moderators have not approved do not count."""

from .published import ACCOUNTS, CONTRACT, IMPORTS, PublishedChat

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
        model="forum_conversation.Topic", where=Q(approved=True), kind=RoomKind.CHANNEL, created_at="created", name="subject"
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
    f"""{CONTRACT}
from machina.apps.forum.models import Forum
from machina.apps.forum_conversation.models import Post, Topic
from machina.apps.forum_tracking.models import TopicReadTrack

class Contract(Accounts, TransactionTestCase):
    kinds = [RoomKind.CHANNEL]
    uncounted = ["message"]

    def build_room(self, room):
        forum, _ = Forum.objects.get_or_create(name="Talk", type=Forum.FORUM_POST)
        return Topic(
            forum=forum, subject=f"Topic {{room.number}}", type=Topic.TOPIC_POST, status=Topic.TOPIC_UNLOCKED,
            created=room.created_at,
        )

    def build_message(self, message):
        subject = f"Post {{message.number}}"
        first = Topic.objects.get(pk=message.room.pk).first_post
        if not message.counts and (first is None or first.subject == subject):
            return None  # a topic is as approved as its first post
        return Post(
            topic_id=message.room.pk, poster=message.author, subject=subject, content="c", approved=message.counts,
            created=message.sent_at,
        )

    def build_read(self, read):
        return TopicReadTrack(user=read.user, topic=read.room, mark_time=read.last_seen)
""",
)
