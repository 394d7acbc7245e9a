"""Export of snapshots and series for other programs: a table of formats, each of which writes a stream."""
