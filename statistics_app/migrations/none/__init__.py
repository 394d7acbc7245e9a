"""No migrations: the tests of a host that show no statistics do without the app's tables, which each flush would truncate.

`MIGRATION_MODULES = {"statistics_app": "statistics_app.migrations.none"}` in the settings of the tests selects it.
"""
