"""The SQL of running counts on PostgreSQL, where triggers append to a ledger, which is folded into sums."""
