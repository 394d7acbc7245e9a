"""The names of the periodic tasks, and how often the history is rolled up; known also without Celery."""

GENERATE = "statistics_app.generate_statistics"
PURGE_TOKENS = "statistics_app.purge_expired_tokens"
AUDIT_TALLIES = "statistics_app.audit_tallies"
ROLL_UP = "statistics_app.roll_up_history"
PRUNE = "statistics_app.prune_statistics"
ROLL_UP_SECONDS = 300
