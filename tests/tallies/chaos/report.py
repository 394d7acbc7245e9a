"""Say what a run did, a line a kind."""

from .board import Board, Outcome
from .deeds import EDGES
from .keepers import AUDITS, FOLDS, KEPT, REBUILDS, ROWS
from .reader import READS
from .run import Run

_ERRORS = [outcome for outcome in Outcome if outcome not in {Outcome.DONE, Outcome.UNDONE}]


def report(run: Run) -> None:
    """Print it."""
    board = run.board
    print(f"{'kind':28}{'committed':>10}{'rolled back':>12}  errors")
    for name in [*run.kinds, EDGES, *run.levels]:
        print(f"{name:28}{board.total(name):>10}{board.total(name, Outcome.UNDONE):>12}  {_errors(board, name)}".rstrip())
    read = sum(board.total(name) for name in READS)
    print(f"reads: {read} ({_list(board, [name for name in READS if board.total(name)])}); {_all_errors(board, READS)}")
    print(f"kept: {_list(board, [FOLDS, ROWS, AUDITS, REBUILDS])}; {_all_errors(board, KEPT)}")
    print("kills: " + ", ".join(f"{number} {kind}" for kind, number in run.victims.killed.items()))
    print(f"took: {run.took:.0f} s; all errors of writers: {_all_errors(board, [*run.kinds, EDGES])}")


def _list(board: Board, names: "list[str] | tuple[str, ...]") -> str:
    return ", ".join(f"{board.total(name)} {name}" for name in names)


def _errors(board: Board, name: str) -> str:
    return ", ".join(f"{board.total(name, outcome)} {outcome}" for outcome in _ERRORS if board.total(name, outcome))


def _all_errors(board: Board, names: "list[str] | tuple[str, ...]") -> str:
    counted = {outcome: sum(board.total(name, outcome) for name in names) for outcome in _ERRORS}
    return ", ".join(f"{number} {outcome}" for outcome, number in counted.items() if number) or "no errors"
