"""All fixed interleavings of two or three connections, by name. They reproduce what is rare in a random run."""

from collections.abc import Callable
from functools import partial

from . import interleaved_maintenance as maintenance
from . import interleaved_truncates as truncates
from . import interleaved_writers as writers
from .harness import Harness

_INTERLEAVINGS = (
    writers.writer_with_an_old_snapshot,
    writers.reader_with_an_old_snapshot,
    writers.room_id_reused,
    writers.room_deleted_during_a_write,
    writers.six_types_in_one_transaction,
    writers.uncounted_and_counted_again,
    writers.trigger_that_moves_messages,
    writers.replica_session,
    truncates.truncate_with_an_old_snapshot,
    truncates.truncate_before_an_old_snapshot_reads,
    truncates.truncate_within_a_transaction,
    truncates.truncate_rooms,
    truncates.truncate_during_a_read,
    maintenance.second_fold_before_the_first_ends,
    maintenance.change_during_a_fold,
    maintenance.recount_during_writes,
    maintenance.fold_inside_a_transaction,
    maintenance.reinstall_under_an_old_snapshot,
    maintenance.reinstall_before_the_readiness_check,
)

INTERLEAVINGS: dict[str, Callable[[Harness], None]] = {
    **{
        f"insert open during a type change, {level}": partial(writers.insert_open_during_a_type_change, level=level)
        for level in writers.LEVELS
    },
    **{interleaving.__name__.replace("_", " "): interleaving for interleaving in _INTERLEAVINGS},
}
