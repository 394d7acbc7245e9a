"""Which tenant a request belongs to, where a host keeps several in one process, so that none sees what was kept of another."""

from typing import Any

from django.db import connections, router

from .transactions import chosen_search_path

Tenant = tuple[str, str]


def tenant_of(model: Any) -> Tenant:
    """Return what tells a model's table from those of other tenants, without a query.

    It is the alias that the host's router names, and the schema that a backend for tenants, such as django-tenants', sets.
    A schema that a session has chosen by plain SQL is not seen: see `has_chosen_schema`.
    """
    alias = router.db_for_write(model)
    return alias, str(getattr(connections[alias], "schema_name", ""))


def has_chosen_schema(model: Any) -> bool:
    """Return whether this session has chosen the schema of a model's table by `SET search_path`; asks the database."""
    return bool(chosen_search_path(router.db_for_write(model)))
