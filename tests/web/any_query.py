"""Hypothesis strategies for query strings of the pages' forms, with valid, invalid and arbitrary values."""

from django.http import QueryDict
from hypothesis import settings
from hypothesis import strategies as st

EDGES = ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-00-00", "now"]
NAIVE = st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))
AWARE = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
PLAUSIBLE = st.sampled_from(["2026-03-29T02:30", "2026-10-25T02:30:00", "2026-03-01", "20260301T1200", "2026-W10-1", ""])
TIMES = st.one_of(NAIVE, AWARE, PLAUSIBLE, st.sampled_from(EDGES), st.text(max_size=40))

thorough = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def query(**fields: str | list[str]) -> QueryDict:
    """Return the fields as the server parses them from a query string."""
    parameters = QueryDict(mutable=True)
    for name, value in fields.items():
        parameters.setlist(name, [value] if isinstance(value, str) else value)
    return QueryDict(parameters.urlencode())


def any_query(**fields: st.SearchStrategy[str]) -> st.SearchStrategy[QueryDict]:
    """Return a strategy of queries in which each field is absent or has one or two values of its own strategy."""
    optional = {name: st.none() | st.lists(values, min_size=1, max_size=2) for name, values in fields.items()}
    return st.fixed_dictionaries(optional).map(lambda drawn: query(**{name: value for name, value in drawn.items() if value}))
