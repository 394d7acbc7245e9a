"""The designs whose cost for writers is compared, as scripts for pgbench."""

from enum import StrEnum

from .filling import key, message_key
from .tails import NEW_KEY, spread

SKEW = 1.001  # of the Zipf distribution: of 50,000 rooms, the busiest gets a twelfth of the messages


class Design(StrEnum):
    """A way to maintain the number of messages, or none."""

    NONE = "none"
    TALLIES = "tallies"
    NO_AUTHORS = "tallies without authors"
    COUNTER = "counter"  # as in Rocket.Chat: the message is written first, then the room in a second transaction
    COUNTER_AT_ONCE = "counter_at_once"  # the same in one transaction


TALLIED = (Design.TALLIES, Design.NO_AUTHORS)

_VARIABLES = rf"""\set place random_zipfian(1, :rooms, {SKEW})
\set user random(0, :users - 1)
\set number random(1, :messages)
"""
_ROOM = key("r", spread(":place", ":rooms::bigint"))
_ROOT = f"CASE WHEN :number::bigint % 10 = 0 THEN {message_key(':number::bigint / 50 * 50 + 1')} END"
_INSERT = (
    "INSERT INTO chat_message (id, room_id, author_id, sent_at, thread_root_id, is_pinned) "
    f"VALUES ({NEW_KEY}, {_ROOM}, {key('u', ':user::bigint')}, now(), {_ROOT}, false);\n"
)
_UPDATE = f"UPDATE chat_room SET msgs = msgs + 1, lm = now() WHERE id = {_ROOM};\n"

MESSAGE = {
    Design.NONE: _VARIABLES + _INSERT,
    Design.TALLIES: _VARIABLES + _INSERT,
    Design.NO_AUTHORS: _VARIABLES + _INSERT,
    Design.COUNTER: _VARIABLES + _INSERT + _UPDATE,
    Design.COUNTER_AT_ONCE: f"{_VARIABLES}BEGIN;\n{_INSERT}{_UPDATE}END;\n",
}

PRESENCE = rf"""\set user random(0, :users - 1)
\set presence random(1, 4)
UPDATE chat_user SET presence = (ARRAY['online', 'away', 'busy', 'offline'])[:presence::int]
WHERE id = {key("u", ":user::bigint")};
"""
