"""One batch of documents: made into rows, held against what they refer to, and written in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Model

from ..models import Team, User
from .documents import Document
from .extended_json import Unusable
from .rocketchat import NO_PASSWORD, Collection, Row
from .writing import upsert

Refused = list[tuple[Document, str]]


@dataclass
class Known:
    """Which ids are there to refer to: those in the tables and, when nothing is written, those read so far."""

    remembers: bool = False
    seen: dict[type[Model], set[str]] = field(default_factory=dict)

    def among(self, model: type[Model], ids: set[str]) -> set[str]:
        """Keep the ids that are there; one query, whatever their number."""
        stored = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
        return stored | (ids & self.seen.get(model, set()))

    def add(self, model: type[Model], ids: Iterable[str]) -> None:
        """Remember ids that would have been written."""
        if self.remembers:
            self.seen.setdefault(model, set()).update(ids)


def rows_of(collection: Collection, documents: list[Document], known: Known) -> tuple[list[Row], Refused]:
    """Make the rows of a batch, the last of each id, and name the documents that give none."""
    made, refused = _mapped(collection, documents)
    made = _with_references(collection, made, refused, known)
    if collection.model is User:
        made = _with_free_usernames(made, refused)
    by_id = {row["id"]: row for _, row in made}
    known.add(collection.model, by_id)
    return list(by_id.values()), refused


def write(collection: Collection, rows: list[Row], documents: list[Document]) -> None:
    """Write the rows, and first the teams that rooms belong to."""
    if any(row.get("team_id") for row in rows):
        _write_teams(documents)
    if collection.model is User:
        _free_usernames(rows)
    upsert(collection.model, rows, collection.kept)


def _mapped(collection: Collection, documents: list[Document]) -> tuple[list[tuple[Document, Row]], Refused]:
    made: list[tuple[Document, Row]] = []
    refused: Refused = []
    for document in documents:
        if document.value is None:
            refused.append((document, document.fault))
            continue
        try:
            row = collection.row(document.value)
            if b"\\u" in document.text:  # the only way in for what cannot be stored
                _require_storable(row)
        except Unusable as error:
            refused.append((document, str(error)))
        else:
            made.append((document, row))
    return made, refused


def _with_references(
    collection: Collection, made: list[tuple[Document, Row]], refused: Refused, known: Known
) -> list[tuple[Document, Row]]:
    """Refuse rows whose required reference leads nowhere; take away an optional one that does."""
    for column, model in (*collection.required, *collection.optional):
        wanted = {row[column] for _, row in made}
        there = known.among(model, wanted - {None})
        if there == wanted:
            continue
        is_required = (column, model) in collection.required
        left = []
        for document, row in made:
            if row[column] not in there:
                if is_required:
                    refused.append((document, f"unknown {model._meta.verbose_name}"))
                    continue
                row[column] = None
            left.append((document, row))
        made = left
    return made


def _with_free_usernames(made: list[tuple[Document, Row]], refused: Refused) -> list[tuple[Document, Row]]:
    """Refuse an account whose name another bears: one of this workspace's own, or an earlier one of the batch."""
    own = User.objects.exclude(password=NO_PASSWORD).filter(username__in={row["username"] for _, row in made})
    bearers = dict(own.values_list("username", "pk"))
    left = []
    for document, row in made:
        if bearers.setdefault(row["username"], row["id"]) == row["id"]:
            left.append((document, row))
        else:
            refused.append((document, "another account bears this username"))
    return left


def _free_usernames(rows: list[Row]) -> None:
    """Take a name from an imported account that has lost it to another since; it gets its new one when its turn comes."""
    wanted = {row["username"]: row["id"] for row in rows}
    for user in User.objects.filter(username__in=wanted, password=NO_PASSWORD).only("pk", "username"):
        if wanted[user.username] != user.pk:
            User.objects.filter(pk=user.pk).update(username=f"{user.username[:80]}~{user.pk}")


def _write_teams(documents: list[Document]) -> None:
    teams: dict[str, Row] = {}
    named: dict[str, Row] = {}
    for document in documents:
        value = document.value or {}
        if isinstance(ident := value.get("teamId"), str) and ident:
            teams[ident] = {"id": ident, "name": ident}
            if value.get("teamMain") is True and isinstance(value.get("name"), str):
                named[ident] = {"id": ident, "name": value["name"][:255]}
    upsert(Team, list(teams.values()), kept=frozenset({"name"}))
    upsert(Team, list(named.values()))


def _require_storable(row: Row) -> None:
    """Refuse what PostgreSQL cannot store."""
    for column, value in row.items():
        if isinstance(value, str) and "\0" in value:
            raise Unusable(f"'{column}' holds a NUL character")
