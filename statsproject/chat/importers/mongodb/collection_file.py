"""The documents of one collection, in a file of its own or in an archive of mongodump."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedReader

from ..contents import Contents
from ..document import Document
from ..export import Fingerprint
from ..files import StoredFile
from ..json_array import split_array
from ..json_documents import Source, parse_documents, parse_json, split_lines
from .archive import Namespace, read_namespaces, split_collection
from .bson_documents import Decode, document_parser, load_decoder, split_bson
from .file_names import parse_file_name
from .layouts import ELEMENT_START, Layout, end_with_commas, recognize


@dataclass(frozen=True, slots=True)
class Format:
    """What a file turns out to be: the layout of its documents, its compression, its encoding if that is not
    UTF-8, and whether lines end with commas, as the elements of an array do."""

    layout: Layout
    compression: str = ""
    encoding: str = ""
    has_commas: bool = False


@dataclass
class CollectionFile:
    """A stream of the documents of one collection. Sizes and positions are those of the stored file, which may be compressed.

    `is_array` states that it is one JSON array, which is otherwise detected. `namespace` is that in an archive of mongodump.
    """

    file: StoredFile
    is_array: bool = False
    namespace: Namespace | None = None
    _contents: Contents | None = field(default=None, init=False, repr=False, compare=False)
    _is_read: bool = field(default=False, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The file's name or, in an archive, the collection's."""
        return self.namespace.collection if self.namespace else self.file.path.name

    @property
    def location(self) -> str:
        """The path of the file and, in an archive, the names of the database and the collection."""
        return f"{self.file.location}!{'.'.join(self.namespace)}" if self.namespace else self.file.location

    @property
    def size(self) -> int:
        """The size of the stored file."""
        return self.file.size

    @property
    def position(self) -> int:
        """The number of bytes read so far, which is the size when all documents have been read."""
        if self._is_read:
            return self.size
        return self._contents.position if self._contents else 0

    def fingerprint(self) -> Fingerprint:
        """Identify the stream by its path, and the size and modification time of what stores it."""
        return self.file.fingerprint(".".join(self.namespace) if self.namespace else "")

    @cached_property
    def format(self) -> Format:
        """The format of the file. Errors: ValueError, with a sentence, if it cannot be read; OSError if it is damaged."""
        try:
            with Contents(self.file) as contents:
                head = contents.read_head()
                named = parse_file_name(self.file.path)
                layout = recognize(head, is_named_bson=bool(named and named.is_bson))
                if self.is_array and layout is Layout.LINES:
                    layout = Layout.ARRAY
                has_commas = layout is Layout.LINES and end_with_commas(head)
                return Format(layout, contents.compression, contents.encoding, has_commas)
        except ValueError as error:
            raise ValueError(f"{self.file.location} is {error}.") from error

    @property
    def is_bson(self) -> bool:
        """Whether the documents are in BSON. Errors: as of `format`."""
        return self.format.layout in (Layout.BSON, Layout.ARCHIVE)

    @cached_property
    def decode(self) -> Decode:
        """The function that decodes BSON. Errors: ValueError if it is not installed."""
        return load_decoder()

    def require_readable(self) -> None:
        """Raise ValueError or OSError if the file cannot be read at all."""
        if self.is_bson:
            self.decode  # noqa: B018 - it is loaded

    def namespaces(self) -> list[Namespace]:
        """Return the names of the collections in an archive. Errors: ValueError if its beginning is damaged."""
        with Contents(self.file) as contents:
            try:
                return read_namespaces(contents.stream, self.decode)
            except ValueError as error:
                raise ValueError(f"{self.file.location}: {error}.") from error

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`. Blank lines are not documents."""
        self._is_read = False
        parse = document_parser(self.decode) if self.is_bson else parse_json
        yield from parse_documents(self._sources(), skip, parse)
        self._is_read = True

    def _sources(self) -> Iterator[Source]:
        with Contents(self.file) as self._contents:
            yield from self._split(self._contents.stream)

    def _split(self, stream: BufferedReader) -> Iterator[Source]:
        match self.format.layout:
            case Layout.EMPTY:
                return iter(())
            case Layout.LINES:
                return split_lines(stream)
            case Layout.ARRAY:
                return split_array(stream, ELEMENT_START)
            case Layout.BSON:
                return split_bson(stream, self.decode)
            case Layout.ARCHIVE if self.namespace:
                return split_collection(stream, self.namespace, self.decode)
            case _:
                raise ValueError(f"{self.location} is an archive of mongodump: import it by its own path.")
