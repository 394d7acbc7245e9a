"""Teams: Rocket.Chat describes them in the documents of their rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...models import Team
from ..batch import Batch
from ..collection import Collection
from ..upsert import Row, upsert


@dataclass(frozen=True, slots=True)
class RoomCollection(Collection):
    """The rooms; their teams are written before them."""

    def before_write(self, batch: Batch) -> None:
        """Write the teams that the rooms of the batch belong to."""
        if any(row["team_id"] for row in batch.rows()):
            _write_teams(document.value or {} for document in batch.documents)


def _write_teams(rooms: Iterable[dict[str, Any]]) -> None:
    """Write teams. A team is named after its main room, and by its id until that is loaded."""
    teams: dict[str, Row] = {}
    named: dict[str, Row] = {}
    for room in rooms:
        if isinstance(team := room.get("teamId"), str) and team:
            teams[team] = {"id": team, "name": team}
            if room.get("teamMain") is True and isinstance(room.get("name"), str):
                named[team] = {"id": team, "name": room["name"][:255]}
    upsert(Team, list(teams.values()), insert_only=frozenset({"name"}))
    upsert(Team, list(named.values()))
