"""Choose the database that is a Rocket.Chat workspace's by the collections that it holds, since it can have any name."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ..mongodb.databases import StoredCollection
from .spellings import spell

LISTED_DATABASES = 10

# The collections of a database, by Rocket.Chat's name for them; there can be several candidates for one.
_Candidates = Mapping[str, Sequence[StoredCollection]]


def choose_database(
    path: Path, collections: Sequence[StoredCollection], names: Collection[str], database: str = "", required: str = ""
) -> dict[str, StoredCollection]:
    """Return the named collections of the database that has most of them; {} if none has any.

    Only a database with the name `database` and with the collection `required` counts, if these are given.
    Errors: ValueError if several databases have as many, or if there are several candidates for a collection.
    """
    found = [
        (place, candidates)
        for place, candidates in _databases(collections, names)
        if (required in candidates if required else candidates) and (not database or _is_named(place, candidates, database))
    ]
    if not found:
        return {}
    # What is in the very folder goes first.
    ranks = [(len(candidates), place == ".") for place, candidates in found]
    if ranks.count(max(ranks)) > 1:
        best = [one for one, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
        more = f" and {len(best) - LISTED_DATABASES:,} more" if len(best) > LISTED_DATABASES else ""
        places = ", ".join(_describe(place, candidates) for place, candidates in best[:LISTED_DATABASES]) + more
        raise ValueError(
            f"{path} holds several databases with Rocket.Chat's collections: {places}. "
            "Import one of them by its own path, or name it with --database."
        )
    _, chosen = found[ranks.index(max(ranks))]
    return {name: _only(name, candidates) for name, candidates in chosen.items()}


def _databases(collections: Sequence[StoredCollection], names: Collection[str]) -> Iterator[tuple[str, _Candidates]]:
    """Yield the places that hold known collections. A folder with files of several databases is several places."""
    spellings = {spell(name): name for name in names}
    places: dict[str, list[tuple[str, StoredCollection]]] = defaultdict(list)
    for collection in collections:
        if name := spellings.get(spell(collection.name)):
            places[collection.place].append((name, collection))
    for place, members in places.items():
        candidates = _by_name(members)
        if any(len({one.database for one in _best(name, of_name)}) > 1 for name, of_name in candidates.items()):
            for database in sorted({collection.database for _, collection in members}):
                yield place, _by_name([member for member in members if member[1].database == database])
        else:
            yield place, candidates


def _by_name(members: Sequence[tuple[str, StoredCollection]]) -> _Candidates:
    candidates: dict[str, list[StoredCollection]] = defaultdict(list)
    for name, collection in members:
        candidates[name].append(collection)
    return candidates


def _best(name: str, candidates: Sequence[StoredCollection]) -> Sequence[StoredCollection]:
    """Return those with the very name, or else all spellings of it."""
    return [collection for collection in candidates if collection.name == name] or candidates


def _only(name: str, candidates: Sequence[StoredCollection]) -> StoredCollection:
    best = _best(name, candidates)
    if len(best) > 1:
        raise ValueError(f"There are several files for {name}: {', '.join(found.path for found in best)}. Keep one of them.")
    return best[0]


def _is_named(place: str, candidates: _Candidates, database: str) -> bool:
    return database in (_describe(place, candidates), PurePosixPath(place.rpartition("!")[2]).name)


def _describe(place: str, candidates: _Candidates) -> str:
    """Return what people call a database: the name that its files begin with, or its place."""
    names = {collection.database for of_name in candidates.values() for collection in of_name}
    return next(iter(names)) if len(names) == 1 and names != {""} else place
