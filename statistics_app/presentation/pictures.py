"""Charts as pictures for other sites: SVG without any style sheet, and PNG, which is drawn from that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext

from ..exceptions import MissingPackage
from ..http.preferences import Theme
from ..optional import imported
from ..texts import gettext_noop as _
from .charts import Charts
from .panels import Line, Panel
from .svg_paths import stretched

WIDTH = 800
# The sides of a chart's plot, and the height of all that belongs to a chart.
_LEFT, _TOP, _RIGHT, _PLOT_HEIGHT, _HEIGHT = 76, 84, 16, 224, 340
_FOOT_HEIGHT = 44
_MARGIN = 16
_PNG_ZOOM = 2
# A process keeps the last PNG files, of about 100 kB each.
_MOST_KEPT = 64
# The widths of a letter and of what precedes the text in a legend, estimated, since the font is not known here.
_LETTER, _SWATCH = 7, 40


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a picture, which are those of the pages' style sheet."""

    surface: str
    line: str
    text: str
    muted: str
    warn: str
    series: tuple[str, ...]


COLOURS: Mapping[str, Colours] = {
    Theme.LIGHT: Colours(
        "#fff", "#dfe3e8", "#1c2530", "#566372", "#8a5200", ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000", "#e69f00")
    ),
    Theme.DARK: Colours(
        "#1a2029",
        "#2e3744",
        "#e7ebf0",
        "#9dabba",
        "#f0b357",
        ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00"),
    ),
}


class LegendItem(NamedTuple):
    """A line of a chart in its legend: where it stands, and its colour."""

    x: int
    y: int
    line: Line
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    """A chart in a picture, `top` pixels from the upper edge."""

    panel: Panel
    top: int
    colours: Colours

    @property
    def plot_width(self) -> int:
        """The width of the plot in pixels."""
        return WIDTH - _LEFT - _RIGHT

    @property
    def legend(self) -> Iterator[LegendItem]:
        """The lines, beside each other as far as there is room; none if the title names the only one."""
        x, y = _MARGIN, _TOP - 34
        for line in self.panel.lines:
            if line.in_legend:
                width = _SWATCH + _LETTER * len(line.in_legend)
                if x + width > WIDTH and x > _MARGIN:
                    x, y = _MARGIN, y + 16
                yield LegendItem(x, y, line, self._colour(line))
                x += width

    @property
    def paths(self) -> Iterator[tuple[Line, str, str, str, str]]:
        """Each line with its colour, and its path, dots and range in pixels."""
        for line in self.panel.lines:
            drawn = (line.paths.line, line.paths.dots, line.range_path)
            path, dots, span = (stretched(one, self.plot_width, _PLOT_HEIGHT) for one in drawn)
            yield line, self._colour(line), path, dots, span

    def _colour(self, line: Line) -> str:
        return self.colours.series[(line.number - 1) % len(self.colours.series)]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows, or, without charts, a text that says why it shows nothing."""

    theme: str
    source: str = ""
    charts: Charts | None = None
    lines: Sequence[str] = ()

    @property
    def colours(self) -> Colours:
        """The colours."""
        return COLOURS[self.theme]

    @property
    def panels(self) -> list[DrawnPanel]:
        """The charts, one below the other."""
        panels = self.charts.panels if self.charts else ()
        return [DrawnPanel(panel, number * _HEIGHT, self.colours) for number, panel in enumerate(panels)]

    @property
    def height(self) -> int:
        """The height in pixels."""
        return height_of(len(self.panels)) if self.charts else 40 + 22 * len(self.lines)

    @property
    def notes(self) -> list[str]:
        """What is to be known of the charts, each line below them."""
        if self.charts is None:
            return []
        rebuilt = gettext("Shaded: rebuilt from the chat's own tables.") if self.charts.is_partly_rebuilt else ""
        still_open = self.charts.open_text if self.charts.is_open else ""
        return [self.charts.description, " · ".join(filter(None, (self.source, rebuilt, still_open)))]

    @property
    def title(self) -> str:
        """What it shows, for those who cannot see it."""
        return ", ".join(one.panel.title for one in self.panels) or " ".join(self.lines)


def height_of(charts: int) -> int:
    """Return the height of a picture of a number of charts, in pixels."""
    return charts * _HEIGHT + _FOOT_HEIGHT


def svg(picture: Picture) -> bytes:
    """Return a picture as SVG."""
    context = {"picture": picture, "width": WIDTH, "left": _LEFT, "top": _TOP, "plot_height": _PLOT_HEIGHT}
    return render_to_string("statistics_app/picture.svg", context).encode()


def png(picture: Picture) -> bytes:
    """Return a picture as PNG. Errors: MissingPackage without the extra `png`, or without any font."""
    require_png()
    return _png_of(svg(picture).decode())


def require_png() -> None:
    """See that a picture can be drawn as PNG. Errors: MissingPackage."""
    if not _has_fonts():
        raise MissingPackage(_("PNG needs a font that is not installed, for example DejaVu Sans."))


@cache
def _has_fonts() -> bool:
    """Return whether there is any font: without one, all texts would be missing."""
    drawn, empty = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="sans-serif">{text}</svg>'
        for text in ('<text y="15">x</text>', "")
    )
    return _rasterized(drawn) != _rasterized(empty)


@lru_cache(maxsize=_MOST_KEPT)
def _png_of(text: str) -> bytes:
    """Return a picture as PNG, drawn once for everybody who opens a page with it at the same time: that takes long."""
    return _rasterized(text)


def _rasterized(text: str) -> bytes:
    resvg = imported("resvg_py", "png", "PNG")
    return bytes(resvg.svg_to_bytes(svg_string=text, zoom=_PNG_ZOOM))
