"""Lines as SVG paths, in a square of 1000 by 1000 that the page stretches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..history.points import Certainty, Point
from .scales import Scale

SIDE = 1000


@dataclass(frozen=True, slots=True)
class Paths:
    """One line: what was measured, and what was rebuilt; gaps are gaps."""

    measured: str
    rebuilt: str


def paths(points: Sequence[Point], across: Sequence[float], scale: Scale) -> Paths:
    """Draw points; `across` says how far to the right each stands, from 0 to 1.

    A point with no neighbour is a path without length, which a round line end makes a dot.
    """
    measured: list[tuple[str, str]] = []
    rebuilt: list[tuple[str, str]] = []
    for i, point in enumerate(points):
        if point.value is None:
            continue
        here = _at(across[i], scale.place(point.value))
        before = points[i - 1] if i else Point()
        if before.value is not None:
            dashed = Certainty.REBUILT in (before.certainty, point.certainty)
            (rebuilt if dashed else measured).append((_at(across[i - 1], scale.place(before.value)), here))
        elif i + 1 == len(points) or points[i + 1].value is None:
            (rebuilt if point.certainty is Certainty.REBUILT else measured).append((here, here))
    return Paths(_joined(measured), _joined(rebuilt))


def positions(starts: Sequence[float]) -> list[float]:
    """Say how far to the right each of some times stands, the first at 0, the last at 1."""
    span = starts[-1] - starts[0] if starts else 0
    return [(start - starts[0]) / span if span else 0.5 for start in starts]


def _at(across: float, up: float) -> str:
    return f"{_short(across * SIDE)} {_short((1 - up) * SIDE)}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _joined(pieces: Sequence[tuple[str, str]]) -> str:
    return "".join(_steps(pieces))


def _steps(pieces: Sequence[tuple[str, str]]) -> Iterator[str]:
    end = ""
    for start, stop in pieces:
        if start != end:
            yield f"M{start}"
        yield f"L{stop}"
        end = stop
