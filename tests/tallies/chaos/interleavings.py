"""Fixed interleavings of two or three connections: what chance meets rarely, met every time."""

from collections.abc import Callable
from functools import partial

from . import interleaved_keepers as keepers
from . import interleaved_truncates as truncates
from . import interleaved_writers as writers
from .stage import Stage

_AS_THEY_ARE = (
    writers.writer_with_an_old_view,
    writers.reader_with_an_old_view,
    writers.id_used_again,
    writers.ended_while_somebody_writes,
    writers.six_kinds_in_one_transaction,
    writers.counts_no_more_and_again,
    writers.trigger_that_moves,
    writers.replica,
    truncates.truncated_by_one_with_an_old_view,
    truncates.truncated_before_an_old_view,
    truncates.truncated_in_the_middle,
    truncates.rooms_truncated,
    truncates.truncated_while_one_reads,
    keepers.second_fold_before_the_first_ends,
    keepers.change_in_the_middle_of_a_fold,
    keepers.counted_anew_while_somebody_writes,
    keepers.fold_inside_a_transaction,
    keepers.made_anew_under_an_old_view,
    keepers.made_anew_before_an_old_view_looks,
)

INTERLEAVINGS: dict[str, Callable[[Stage], None]] = {
    **{
        f"insert open over a kind change, {level}": partial(writers.insert_open_over_a_kind_change, level=level)
        for level in writers.LEVELS
    },
    **{interleaving.__name__.replace("_", " "): interleaving for interleaving in _AS_THEY_ARE},
}
