"""The files in the messages of a Slack export. One can be in several messages, and belongs to where it was shared last."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..anonymous_rows import make_stable_id
from ..file_stream import Found
from ..files import StoredFile
from ..plain_values import find_id, objects_in
from ..repeated_ids import find_repeated, number_of

# Files that are not in Slack: deleted ones, and links to others elsewhere.
ABSENT = ("tombstone", "external")


class ShareOrder(NamedTuple):
    """When a file was shared: of two shares of a day, the one that is found later in the export is taken for the later one."""

    day: str
    path: str
    number: int


# The last share of files that were shared several times, by their ids.
LastShares = Mapping[str, ShareOrder]


def find_shares(day: StoredFile, messages: Iterable[Found]) -> Iterator[Found]:
    """Yield the files in the messages of a day, each with the message and with when it was shared."""
    number = 0
    for place, value, _ in messages:
        for shared in _files_in(value["message"]) if value else ():
            number += 1
            order = ShareOrder(day.path.name, str(day.path), number)
            yield Found(f"{place}, file", {**(value or {}), "file": shared, "order": order})


def find_last_shares(shares: Callable[[], Iterable[Found]]) -> LastShares:
    """Find the last of the shares of each file that has several; most have one. The shares are read twice to save memory."""
    repeated = find_repeated(map(_number_of, _ids(shares())))
    last: dict[str, ShareOrder] = {}
    for share in shares() if repeated else ():
        id_ = _id_of(share)
        if id_ and _number_of(id_) in repeated:
            order = share.value["order"] if share.value else last[id_]
            last[id_] = max(order, last.get(id_, order))
    return last


def is_last(share: Found, last: LastShares) -> bool:
    """Return whether a file was not shared again later."""
    id_ = _id_of(share)
    return not (id_ and share.value) or last.get(id_, share.value["order"]) == share.value["order"]


def _ids(shares: Iterable[Found]) -> Iterator[str]:
    return (id_ for share in shares if (id_ := _id_of(share)))


def _id_of(share: Found) -> str | None:
    return find_id(share.value["file"].get("id")) if share.value else None


def _number_of(id_: str) -> int:
    return number_of(make_stable_id("file", id_))


def _files_in(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the files of a message that are in Slack. Until 2018 a message had one at most, in a field of its own."""
    for file in objects_in(message.get("files") or [message.get("file")]):
        if file.get("mode") not in ABSENT and file.get("is_external") is not True:
            yield file
