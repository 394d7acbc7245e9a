"""The progress bar of an import."""

from tqdm import tqdm

from ..importers.export import DocumentStream
from ..importers.report import StreamReport


class ProgressBar:
    """A progress bar in bytes for each stream, with the rate and the time left. It is hidden unless stderr is a terminal."""

    def __init__(self) -> None:
        self.bar: tqdm | None = None
        self.stream: DocumentStream | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def update(self, stream: DocumentStream, report: StreamReport) -> None:
        """Show the position in a stream."""
        if stream is not self.stream or self.bar is None:
            self.close()
            self.stream = stream
            self.bar = tqdm(total=stream.size, desc=stream.name, unit="B", unit_scale=True, disable=None)
        self.bar.set_postfix_str(f"{report.documents:,} documents", refresh=False)
        self.bar.update(stream.position - self.bar.n)

    def close(self) -> None:
        """Close the bar and leave it on the screen."""
        if self.bar is not None:
            self.bar.close()

    def __exit__(self, *_: object) -> None:
        self.close()
