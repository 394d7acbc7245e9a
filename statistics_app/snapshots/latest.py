"""The newest snapshot as clients receive it, which a process sends again for a moment without asking the database."""

import gzip
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import DatabaseError
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.http import http_date

from ..kept import Kept
from ..models import Snapshot
from . import generation


@dataclass(frozen=True)
class LatestBody:
    """The body of the newest snapshot; `modified_at` is in whole seconds, None while another one could get the same second.

    `asked_at` is when the database was asked for it, by the monotonic clock.
    """

    id: str
    body: bytes
    modified_at: int | None
    asked_at: float

    @cached_property
    def compressed(self) -> bytes:
        """The body in gzip's format, made at the first request for it."""
        return gzip.compress(self.body, mtime=0)

    @cached_property
    def last_modified(self) -> str:
        """The value of the header `Last-Modified`, or an empty text."""
        return http_date(self.modified_at) if self.modified_at else ""

    @property
    def age(self) -> int:
        """The whole seconds since the database was asked."""
        return int(time.monotonic() - self.asked_at)


# As many tenants.
MOST_KEPT = 1000

_kept: Kept[None, LatestBody] = Kept(Snapshot, MOST_KEPT)


def latest_body() -> LatestBody:
    """Return the newest snapshot's body, as it was at most `TRUST_SECONDS` ago; take the first snapshot if there is none.

    If the database cannot be reached, return the last body that this process has sent.
    """
    try:
        latest = _kept.get(None, _ask)
    except DatabaseError:
        latest = _kept.last(None)
        if latest is None:
            raise
    assert latest is not None  # noqa: S101 - for the type checker only
    return latest


def _ask() -> LatestBody:
    asked_at = time.monotonic()
    snapshot = generation.latest()
    second = int(snapshot.created_at.timestamp())
    is_settled = second + 1 <= time.time()
    return LatestBody(snapshot.id, snapshot.body.encode(), second if is_settled else None, asked_at)


@receiver((post_save, post_delete), sender=Snapshot)
def forget(**_: Any) -> None:
    """Ask the database again for the newest snapshot; a process that saves or deletes a snapshot does so at once."""
    _kept.expire()
