"""The messages and uploads of the seeded workspace."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from ..models import Message, Upload
from .plan import Plan, key, skewed
from .rooms import born_at

REPLIES = 0.24
NEW_THREADS = 0.3


def messages(plan: Plan, rng: Random) -> Iterator[Message]:
    """Yield the messages in chronological order; some are replies in the latest thread of their room."""
    births = [born_at(number, plan) for number in range(plan.rooms)]
    last: dict[int, str] = {}
    thread: dict[int, str] = {}
    # The last message is sent now, so that a workspace seeded at a quiet hour has a recent message too.
    moments = [*plan.busy_moments(plan.messages - 1, Random("moments")), plan.now]
    for number, sent_at in enumerate(moments):
        part = number / plan.messages
        room = skewed(rng, bisect_right(births, part))
        author = skewed(rng, max(20, int(plan.users * part)))
        is_reply = rng.random() < REPLIES and room in last
        if is_reply and (room not in thread or rng.random() < NEW_THREADS):
            thread[room] = last[room]
        if not is_reply:
            last[room] = key("M", number)
        yield Message(
            id=key("M", number),
            room_id=key("R", room),
            author_id=key("U", author) if rng.random() < 0.99 else None,
            sent_at=sent_at,
            thread_root_id=thread[room] if is_reply else None,
            is_pinned=rng.random() < 0.002,
            edited_at=sent_at + timedelta(minutes=3) if rng.random() < 0.03 else None,
        )


def uploads(plan: Plan, rng: Random) -> Iterator[Upload]:
    """Yield the uploads: many small files and a few large ones."""
    for number, at in enumerate(plan.busy_moments(plan.uploads, Random("uploading"))):
        yield Upload(
            id=key("F", number),
            room_id=key("R", skewed(rng, plan.rooms)),
            user_id=key("U", skewed(rng, plan.users)),
            name=f"file-{number}.{rng.choice(('png', 'pdf', 'jpg', 'zip', 'txt'))}",
            size=int(min(rng.lognormvariate(12.2, 1.9), 2e9)),
            uploaded_at=at,
        )
