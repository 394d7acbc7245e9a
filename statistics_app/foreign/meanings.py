"""What numbers of Rocket.Chat counted at a time, where that changed between its versions or differs from what we count."""

import re
from collections.abc import Mapping
from typing import Any

from .values import InvalidValue, count

ALL_DOCUMENTS = "All documents in the collection of messages, also those that are not shown."
SUM_OF_COUNTERS = "The sum of the rooms' counters of messages, which can drift from the messages that are stored."
OF_COUNTERS = "The sum of these rooms' counters of messages, which can drift from the messages that are stored."
WITHOUT_DISCUSSIONS = "The sum of these rooms' counters of messages, without the messages in discussions."
ALL_ACTIVE = "All accounts that are not deactivated."
LOCAL_ACTIVE = "Accounts of this server that are not deactivated, without guests, apps and accounts of federated servers."

_PARTS = ("totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages", "totalLivechatMessages")
_DISCUSSIONS = "totalDiscussionsMessages"
# Up to the first, totals are of documents; from the second, they are sums. Between them, the numbers tell.
_ALWAYS_DOCUMENTS, _ALWAYS_SUM = (1, 0), (3, 14)


def meanings(document: Mapping[str, Any], version: str) -> dict[str, str]:
    """Return what some numbers of a Rocket.Chat document count, by key; empty for a document of this app's.

    It goes by the version, and by keys that Rocket.Chat introduced together with a change.
    """
    if is_ours(document):
        return {}
    in_rooms = OF_COUNTERS if _DISCUSSIONS not in document else WITHOUT_DISCUSSIONS
    found = {
        "activeUsers": LOCAL_ACTIVE if "activeGuests" in document else ALL_ACTIVE,
        "totalMessages": SUM_OF_COUNTERS if _is_sum(document, version) else ALL_DOCUMENTS,
        **dict.fromkeys(_PARTS[:2], in_rooms),
        **dict.fromkeys(_PARTS[2:], OF_COUNTERS),
    }
    return {key: meaning for key, meaning in found.items() if key in document}


def is_ours(document: Mapping[str, Any]) -> bool:
    """Return whether a document comes from this app, whose own numbers Rocket.Chat does not have."""
    return "botUsers" in document


def _is_sum(document: Mapping[str, Any], version: str) -> bool:
    if found := re.match(r"([0-9]{1,4})\.([0-9]{1,4})", version):
        numbers = int(found[1]), int(found[2])
        if numbers < _ALWAYS_DOCUMENTS or numbers >= _ALWAYS_SUM:
            return numbers >= _ALWAYS_SUM
    try:
        parts = [count(document[key]) for key in (*_PARTS, _DISCUSSIONS) if key in document]
        return len(parts) >= len(_PARTS) and sum(parts) == count(document["totalMessages"])
    except (InvalidValue, KeyError):
        return False
