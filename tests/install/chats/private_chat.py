"""django-private-chat2: messages between two accounts without a room, marked as deleted, and files without a size."""

from .published import ACCOUNTS, CONTRACT, IMPORTS, PublishedChat

PRIVATE_CHAT = PublishedChat(
    "private-chat2",
    "django-private-chat2==1.0.2",
    """
INSTALLED_APPS += ["django_private_chat2"]
MEDIA_ROOT = BASE_DIR / "media"
""",
    f"""{IMPORTS}
from django_private_chat2.models import UploadedFile
from statistics_app.sources.base import Tally

class Source(MappedSource):
{ACCOUNTS}
    message_table = MessageTable(
        model="django_private_chat2.MessageModel", where=Q(is_removed=False), room=Pair("sender", "recipient"),
        sent_at="created", author="sender"
    )

    def uploads(self):
        sizes = [uploaded.file.size for uploaded in UploadedFile.objects.using(self.using)]
        return Tally(len(sizes), sum(sizes))
""",
    """
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django_private_chat2.models import MessageModel, UploadedFile
people = [User.objects.get(username="ada"), *(User.objects.create_user(f"user{n}") for n in range(3))]
for n in range(12):
    file = UploadedFile.objects.create(uploaded_by=people[0], file=ContentFile(b"x" * n, f"{n}.txt")) if n % 3 == 0 else None
    MessageModel.all_objects.create(sender=people[n % 4], recipient=people[(n * n + 1) % 4], text="t", file=file)
MessageModel.all_objects.create(sender=people[2], recipient=people[2], text="a note to oneself")
""",
    """
from django.contrib.auth.models import User
from django_private_chat2.models import MessageModel, UploadedFile
first, second, *_ = MessageModel.all_objects.order_by("pk")
first.delete()
second.delete(soft=False)
MessageModel.all_objects.filter(sender__username="user1").update(read=True)
MessageModel.all_objects.filter(sender__username="user2").first().delete()
User.objects.get(username="user2").delete()
User.objects.filter(username="user1").update(is_active=False)
""",
    """
import json
from django.contrib.auth.models import User
from django_private_chat2.models import MessageModel, UploadedFile
sent = MessageModel.available_objects.values_list("sender", "recipient")
rooms = len({frozenset(pair) for pair in sent})
print(json.dumps({
    "totalUsers": User.objects.count(), "activeUsers": User.objects.filter(is_active=True).count(),
    "totalRooms": rooms, "totalDirect": rooms, "totalMessages": len(sent), "totalDirectMessages": len(sent),
    "uploadsTotal": UploadedFile.objects.count(), "uploadsTotalSize": sum(one.file.size for one in UploadedFile.objects.all()),
}))
""",
    f"""{CONTRACT}
import os
from pathlib import Path
from django.core.files.storage import default_storage
from django_private_chat2.models import MessageModel, UploadedFile

class Contract(Accounts, TransactionTestCase):
    kinds = [RoomKind.DIRECT]
    uncounted = ["message"]

    def build_room(self, room):
        return room.members

    def build_message(self, message):
        [recipient] = [account for account in message.room if account != message.author]
        return MessageModel(
            sender=message.author, recipient=recipient, text="t", is_removed=not message.counts, created=message.sent_at
        )

    def build_upload(self, upload):
        path = Path(default_storage.path(f"{{upload.number}}.bin"))
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.truncate(path, upload.size)  # takes no space
        return UploadedFile(uploaded_by=upload.user, file=path.name)
""",
)
