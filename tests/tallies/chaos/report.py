"""The report of a run."""

from .actions import BOUNDARIES
from .breaker import BREAKS, REPAIRS
from .counters import Counters, Outcome
from .maintenance import AUDITS, FOLDS, HISTORIES, MAINTENANCE, REBUILDS, ROWS
from .reader import PARTLY_LIVE, READS
from .run import Run

_ERRORS = [outcome for outcome in Outcome if outcome not in {Outcome.DONE, Outcome.ROLLED_BACK}]


def report(run: Run) -> None:
    """Print the number of commits, rollbacks and errors of each kind of action, and the totals."""
    counters = run.counters
    print(f"{'kind':28}{'committed':>10}{'rolled back':>12}  errors")
    for name in [*run.kinds, BOUNDARIES, *run.levels]:
        committed, rolled_back = counters.total(name), counters.total(name, Outcome.ROLLED_BACK)
        print(f"{name:28}{committed:>10}{rolled_back:>12}  {_errors(counters, name)}".rstrip())
    read = sum(counters.total(name) for name in READS)
    print(
        f"reads: {read} ({_list(counters, [name for name in READS if counters.total(name)])}); {_all_errors(counters, READS)}"
    )
    print(f"reads of which a count was live: {counters.total(PARTLY_LIVE)}")
    print(f"breaks: {_list(counters, [*BREAKS, REPAIRS])}; {_all_errors(counters, [*BREAKS, REPAIRS])}")
    print(f"maintenance: {_list(counters, [FOLDS, ROWS, AUDITS, REBUILDS, HISTORIES])}; {_all_errors(counters, MAINTENANCE)}")
    print("kills: " + ", ".join(f"{number} {kind}" for kind, number in run.fault_injector.killed.items()))
    print(f"took: {run.took:.0f} s; all errors of writers: {_all_errors(counters, [*run.kinds, BOUNDARIES])}")


def _list(counters: Counters, names: "list[str] | tuple[str, ...]") -> str:
    return ", ".join(f"{counters.total(name)} {name}" for name in names)


def _errors(counters: Counters, name: str) -> str:
    return ", ".join(f"{counters.total(name, outcome)} {outcome}" for outcome in _ERRORS if counters.total(name, outcome))


def _all_errors(counters: Counters, names: "list[str] | tuple[str, ...]") -> str:
    counted = {outcome: sum(counters.total(name, outcome) for name in names) for outcome in _ERRORS}
    return ", ".join(f"{number} {outcome}" for outcome, number in counted.items() if number) or "no errors"
