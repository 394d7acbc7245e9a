"""Teams: newer versions of Rocket.Chat keep them in a collection; older exports have only what rooms tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from ...models import Team
from ..batch import Batch, MappedDocument
from ..collection import Collection
from ..upsert import upsert


@dataclass(frozen=True, slots=True)
class RoomCollection(Collection):
    """The rooms; teams that are known only from them are written before them."""

    def before_write(self, batch: Batch) -> None:
        """Write the teams that the rooms of the batch belong to, as far as they are missing."""
        in_teams = [mapped for mapped in batch.mapped if mapped.row["team_id"]]
        if in_teams:
            _write_teams(in_teams)


def _write_teams(rooms: Iterable[MappedDocument]) -> None:
    """Write missing teams. Such a team is named after its main room, and by its id until that is loaded."""
    teams = {row["team_id"] for _, row in rooms}
    upsert(Team, [{"id": team, "name": team} for team in sorted(teams)], insert_only=frozenset({"name"}))
    for document, row in rooms:
        if (document.value or {}).get("teamMain") is True and row["name"]:
            Team.objects.filter(pk=row["team_id"], name=F("id")).update(name=row["name"])
