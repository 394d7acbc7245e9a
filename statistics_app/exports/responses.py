"""HTTP responses that deliver an exported file."""

import asyncio
import gc
import tempfile
import time
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator
from math import inf
from threading import BoundedSemaphore
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from ..exceptions import Busy
from ..texts import gettext_noop as _
from .base import Format

# Of one process; a client that reads slowly holds a thread of the server.
MOST_AT_ONCE = 4
RETRY_SECONDS = 10
# The garbage collector looks for places that were given up at most once in so many seconds.
LOOK_SECONDS = 5
_BLOCK = 1 << 16


class _Places:
    """The places of files that are being delivered, shared by the threads of this process."""

    def __init__(self) -> None:
        self._free = BoundedSemaphore(MOST_AT_ONCE)
        self._looked_at = -inf

    def take(self) -> bool:
        """Take a place, and return whether there was one.

        Of a response that is dropped while a view makes it, an ASGI server keeps cycles of references. The garbage collector
        may not look at them for hours, so it is asked to, but not by every request of a crowd.
        """
        if self._free.acquire(blocking=False):
            return True
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return False
        self._looked_at = time.monotonic()
        gc.collect()
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Leave a place."""
        self._free.release()


_places = _Places()


def file_response(request: HttpRequest, format_: Format, content: Iterable[bytes], stem: str) -> StreamingHttpResponse:
    """Return a response with a file as an attachment, never held in memory as a whole.

    The file is complete before the response begins: an error on the way is an error of the request, the response has a
    `Content-Length` by which a client notices that it lost the connection, and no client keeps a query of the database open.
    Errors: Busy when too many files are being delivered.
    """
    if not _places.take():
        raise Busy(_("Too many exports are being delivered. Try again in a moment."), RETRY_SECONDS)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        file.writelines(content)
        size = file.tell()
        file.seek(0)
    except BaseException:
        _discard(file)
        raise
    blocks = _async_blocks(file) if isinstance(request, ASGIRequest) else _blocks(file)
    response = StreamingHttpResponse(blocks, content_type=format_.media_type)
    # Not every server closes a response whose client has gone.
    response._resource_closers.append(weakref.finalize(response, _discard, file))  # type: ignore[attr-defined] # as FileResponse
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="{format_.file_name(stem)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _discard(file: IO[bytes]) -> None:
    file.close()
    _places.leave()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


async def _async_blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(file.read, _BLOCK):
        yield block
