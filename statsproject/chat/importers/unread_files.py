"""Sentences on the files beside those that an import reads."""

from collections.abc import Container, Iterable, Iterator, Sequence

from .files import FileTree, StoredFile

LISTED_FILES = 10


def describe_unread(tree: FileTree, read: Iterable[StoredFile], ignored: Container[str] = ()) -> Iterator[str]:
    """Yield a sentence for each file that cannot be read, and one on all others; of `ignored` folders, nothing is said."""
    known = {file.path for file in read}
    others = [str(file.path) for file in tree.files() if file.path not in known]
    listed = sorted(path for path in others if not any(part in ignored for part in path.split("/")[:-1]))
    for skipped in tree.skipped:
        yield describe_one_unread(str(skipped.path), skipped.reason)
    yield from list_unread(listed)


def describe_one_unread(path: str, reason: str) -> str:
    """Return the sentence on a file that is not read for a reason of its own."""
    return _printable(f"Not read: {path}: {reason}.")


def list_unread(paths: Sequence[str]) -> Iterator[str]:
    """Yield the sentence on files that are not read, the first of which it names; nothing if there are none."""
    if paths:
        more = f" and {len(paths) - LISTED_FILES:,} more" if len(paths) > LISTED_FILES else ""
        yield _printable(f"Not read: {', '.join(paths[:LISTED_FILES])}{more}.")


def _printable(text: str) -> str:
    """Replace what names of files can contain although it cannot be printed."""
    return text.encode(errors="replace").decode()
