"""The statistics of a running server, page by page, oldest first, so that new ones come at the end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from statistics_app.sources.http_get import is_this_machine

from ..importers.document import Document
from ..importers.export import Fingerprint
from .polite_requests import RequestFailed, Requests

PAGE_SIZE = 100
_PATH = "api/v1/statistics.list"


def server_address(text: str) -> str:
    """Check and return the address of a server without `api/v1`. Errors: ValueError."""
    address = text.rstrip("/").removesuffix("/api/v1")
    parts = _split(address)
    if parts is None or parts.query or parts.fragment or parts.username:
        raise ValueError(f"'{text}' is not the address of a server, such as https://chat.example.org.")
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise ValueError(f"{address} would send the token in the clear: give an address with https, or run this on the server.")
    return address


@dataclass
class ServerPages:
    """The documents that a server lists, as a stream; `is_sorted` is false if the server does not list the oldest first.

    `last_id` is the id of the document that was read last.
    """

    requests: Requests
    size: int | None = None
    position: int = 0
    is_sorted: bool = True
    last_id: str = ""

    @property
    def name(self) -> str:
        """The server's address."""
        return self.requests.address

    @property
    def location(self) -> str:
        """The server's address."""
        return self.requests.address

    def fingerprint(self) -> Fingerprint:
        """Identify the server by its address."""
        return Fingerprint(f"{self.requests.address}/{_PATH}"[:1024], 0, 0)

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`; all, if the one before them is no longer the one that was read last.

        A server that removes old documents lists the others at lower offsets. Errors: RequestFailed.
        """
        offset = max(skip - 1, 0)
        listed, total = self._page(offset)
        if skip and not (self.last_id and listed and _id_of(listed[0]) == self.last_id):
            skip = offset = 0
            listed, total = self._page(offset)
        while listed:
            self.is_sorted = self.is_sorted and _is_ascending(listed)
            for number, one in enumerate(listed, offset + 1):
                if number > skip:
                    self.last_id = _id_of(one)
                    is_object = isinstance(one, dict)
                    yield Document(number, b"", one if is_object else None, "" if is_object else "not a JSON object")
            offset += len(listed)
            if offset >= total:
                return
            self.requests.pause()
            listed, total = self._page(offset)

    def _page(self, offset: int) -> tuple[list[Any], int]:
        query = urlencode({"count": PAGE_SIZE, "offset": offset, "sort": json.dumps({"createdAt": 1})})
        page = self.requests.get(f"{_PATH}?{query}")
        listed, total = (page.get("statistics"), page.get("total")) if isinstance(page, dict) else (None, None)
        if not isinstance(listed, list) or not isinstance(total, int):
            raise RequestFailed(f"{self.name} answers without a list of statistics.")
        return listed, total


def _id_of(one: Any) -> str:
    id_ = one.get("_id") if isinstance(one, dict) else None
    return id_ if isinstance(id_, str) else ""


def _is_ascending(listed: list[Any]) -> bool:
    times = [one.get("createdAt") for one in listed if isinstance(one, dict)]
    texts = [time for time in times if isinstance(time, str)]
    return texts == sorted(texts)


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address with a scheme that is known, a host and a valid port; None if it is none."""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if is_address and address.isprintable() and " " not in address else None
