"""Sentences on the files beside those that an import reads."""

from collections.abc import Container, Iterable, Iterator

from .files import FileTree, StoredFile

LISTED_FILES = 10


def describe_unread(tree: FileTree, read: Iterable[StoredFile], ignored: Container[str] = ()) -> Iterator[str]:
    """Yield a sentence for each file that cannot be read, and one on all others; of `ignored` folders, nothing is said."""
    known = {file.path for file in read}
    others = [str(file.path) for file in tree.files() if file.path not in known]
    listed = sorted(path for path in others if not any(part in ignored for part in path.split("/")[:-1]))
    for skipped in tree.skipped:
        yield _printable(f"Not read: {skipped.path}: {skipped.reason}.")
    if listed:
        more = f" and {len(listed) - LISTED_FILES:,} more" if len(listed) > LISTED_FILES else ""
        yield _printable(f"Not read: {', '.join(listed[:LISTED_FILES])}{more}.")


def _printable(text: str) -> str:
    """Replace what names of files can contain although it cannot be printed."""
    return text.encode(errors="replace").decode()
