"""Small numbers of people, which could tell who they are: they can be hidden by a setting."""

from ..conf import setting


def is_hidden(people: float | None) -> bool:
    """Return whether a number of people is too small to be shown; 0 is not."""
    return people is not None and 0 < people < setting("HIDE_PEOPLE_BELOW")


def shown(people: int | None) -> int | None:
    """Return a number of people; None if it is too small to be shown."""
    return None if is_hidden(people) else people
