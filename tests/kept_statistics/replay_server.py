"""A server that lists statistics as Rocket.Chat does, and fails as a test demands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.services.replay_server import Received, Reply, replay_server

# A status, and the headers that come with it.
Failure = tuple[int, dict[str, str]]


class StatisticsList:
    """What a server answers: pages of `documents`.

    `failures` are the answers to the next requests, and pages at the offsets in `refused` fail each time. `offsets` and
    `tokens` are what was asked. A `body` is answered instead of a page.
    """

    def __init__(self, documents: list[dict[str, Any]], url: str) -> None:
        self.documents, self.url = documents, url
        self.failures: list[Failure] = []
        self.offsets: list[int] = []
        self.tokens: set[str | None] = set()
        self.refused: set[int] = set()
        self.body: bytes | None = None

    def answer(self, received: Received) -> Reply:
        """Answer with the next failure, or with a page."""
        self.tokens.add(received.headers["X-Auth-Token"])
        if self.failures:
            status, headers = self.failures.pop(0)
            return Reply(status, b"{}", headers)
        query = {name: int(value) for name, [value] in parse_qs(urlsplit(received.path).query).items() if name != "sort"}
        self.offsets.append(query["offset"])
        if query["offset"] in self.refused:
            return Reply(500, b"{}")
        return self._page(**query) if self.body is None else Reply(200, self.body)

    def _page(self, offset: int, count: int) -> Reply:
        page = self.documents[offset : offset + count]
        total = len(self.documents)
        return Reply.of({"statistics": page, "count": len(page), "offset": offset, "total": total, "success": True})


@contextmanager
def listing(documents: list[dict[str, Any]]) -> Iterator[StatisticsList]:
    """Run a server with these documents."""
    with replay_server() as server:
        listed = StatisticsList(documents, server.url)
        server.reply = listed.answer
        yield listed
