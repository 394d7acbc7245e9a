"""What people should know of the files that were found: which are not what they seem, and which are not read."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from ..mongodb.collection_file import CollectionFile
from ..mongodb.databases import Search, StoredCollection, Unread
from ..mongodb.file_names import parse_file_name
from ..mongodb.layouts import Layout
from ..unread_files import describe_one_unread, list_unread
from .spellings import find_similar, spell

KEPT_STATISTICS = "rocketchat_statistics"


def remarks_on(path: Path, search: Search, chosen: Mapping[str, StoredCollection], names: Collection[str]) -> Iterator[str]:
    """Yield sentences on the chosen collections and on all other files. Errors: as of `open_backup`."""
    for name, collection in chosen.items():
        yield from _oddities(name, collection)
    others = [collection for collection in search.collections if collection not in chosen.values()]
    if any(collection.name == KEPT_STATISTICS for collection in others):
        others = [collection for collection in others if collection.name != KEPT_STATISTICS]
        yield _describe_statistics(path)
    yield from _describe_unread([*search.unread(), *(Unread(other.path) for other in others)], names)


def describe_absence(path: Path, search: Search, names: Collection[str]) -> str:
    """Return a sentence on a path that leads to no collection. Errors: ValueError, if that is because of a file's format."""
    if path.is_file() and [file.location for file in search.files] == [str(path)]:
        if any(spell(collection.name) == spell(KEPT_STATISTICS) for collection in search.collections):
            return _describe_statistics(path)
        CollectionFile(search.files[0]).require_readable()
        return f"{path} has not the name of a collection: call it after its own, for example rocketchat_message.json."
    contained = "; ".join(_describe_unread([*search.unread(), *(Unread(found.path) for found in search.collections)], names))
    return f"{path} contains none of {', '.join(names)} (.bson, .json, .jsonl or .ndjson, also compressed). {contained}".strip()


def _oddities(name: str, collection: StoredCollection) -> Iterator[str]:
    """Yield what is unexpected in a file, but no obstacle."""
    file_name, format_ = collection.file_name, collection.documents.format
    if file_name is None:
        return
    if file_name.collection.lower() != name:
        yield f"{collection.path} is taken for {name}."
    if file_name.compression not in ("", format_.compression):
        yield f"{collection.path} is not {file_name.compression}, in spite of its name: it is read as it is."
    if file_name.is_bson != (format_.layout is Layout.BSON) and format_.layout is not Layout.EMPTY:
        yield f"{collection.path} is {'JSON' if file_name.is_bson else 'BSON'}, in spite of its name: it is read as such."
    if format_.encoding:
        yield f"{collection.path} is in UTF-16: it is read as such."
    if format_.has_commas:
        yield f"{collection.path} has a trailing comma after each line: the commas are ignored."


def _describe_unread(unread: Collection[Unread], names: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each file that should be looked at, and one for all of the others."""
    others = []
    for file in unread:
        name = parse_file_name(PurePosixPath(file.path))
        similar = find_similar(name.collection, names) if name else None
        if file.reason:
            yield describe_one_unread(file.path, file.reason)
        elif similar:
            yield describe_one_unread(file.path, f"if it is part of {similar}, it has to have that name")
        else:
            others.append(file.path)
    yield from list_unread(others)


def _describe_statistics(path: Path) -> str:
    return f"The statistics that Rocket.Chat kept ({KEPT_STATISTICS}) are imported by: manage.py import_statistics {path}"
