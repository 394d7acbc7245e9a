"""What Rocket.Chat of four eras answers to `GET api/v1/statistics`: its documents, in plain JSON and with a time of now."""

from datetime import datetime
from typing import Any

from statistics_app.serialization import wire_time
from tests.foreign.eras import FINGERPRINT, WIZARD, in_2017, in_2021, in_2024, in_2025

ERAS = {"0.52.0": in_2017, "3.14.5": in_2021, "6.5.2": in_2024, "7.0.1": in_2025}
# The same number in each, for tests that do not depend on the era.
MESSAGES = 48_211
# Whatever a server tells beside the statistics must not be stored.
FOREIGN_TEXTS = (FINGERPRINT, WIZARD["email"], WIZARD["fullname"], "wizard", "settings", "branch")


def answer_of(version: str, at: datetime, **more: Any) -> dict[str, Any]:
    """Return what a server of a version answers at a time."""
    now = wire_time(at)
    document = _plain(ERAS[version](totalMessages=MESSAGES, createdAt=now, _updatedAt=now))
    return {**document, **more, "success": True}


def _plain(value: Any) -> Any:
    """Return a value of Extended JSON as the API answers it."""
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith("$"):
        [(wrapper, inner)] = value.items()
        return int(inner) if wrapper == "$numberLong" else inner
    return {name: _plain(inner) for name, inner in value.items()}
