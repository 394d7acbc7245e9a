"""Running counts on PostgreSQL: triggers append to a ledger, which is folded into sums."""
