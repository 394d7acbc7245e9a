"""The module that is printed: a source with the guesses, and with comments on what else may be meant."""

from collections.abc import Collection, Iterator, Sequence

from django.db.models import Model

from .proposal import Guess, TableGuess
from .roles import find_roles, project_models
from .tables import table_guesses

_ENUMS = ("Presence", "RoomKind", "UserType")
_DECLARATIONS = ("MessageTable", "RoomTable", "SubscriptionTable", "Table", "UploadTable", "UserTable")
_DOCSTRING = (
    '"""The source of this project\'s statistics, as `manage.py statistics_mapping` guessed it. Read it before you use it."""'
)


def mapping_module(labels: Collection[str] = ()) -> str:
    """Return a module with a source for the models of some apps, by default all. Errors: LookupError for no such app."""
    return module_for(project_models(labels))


def module_for(models: Sequence[type[Model]]) -> str:
    """Return a module with a source for some models."""
    roles = find_roles(models)
    tables = table_guesses(roles)
    lines = [_indented(line) for table in tables for line in _lines(table)]
    if roles.unnamed:
        labels = ", ".join(model._meta.label for model in roles.unnamed)
        lines.append(
            _indented(
                f"# Their names say nothing, but these have an account and a time, so they may be messages as well: {labels}."
            )
        )
    if not any(table.is_complete for table in tables):
        lines.append("    pass")
    head = [_DOCSTRING, "", *_imports(tables), "", "", "class Source(MappedSource):"]
    return "\n".join([*head, '    """Declarations of the chat\'s tables."""', "", *lines, ""])


def _imports(tables: Sequence[TableGuess]) -> Iterator[str]:
    used = [table for table in tables if table.is_complete]
    code = " ".join(guess.code or "" for table in used for guess in table.guesses)
    if "Q(" in code:
        yield "from django.db.models import Q\n"
    if enums := [name for name in _ENUMS if f"{name}." in code]:
        yield f"from statistics_app.sources.base import {', '.join(enums)}"
    if "Since(" in code:
        yield "from statistics_app.sources.declared_presence import Since"
    yield "from statistics_app.sources.mapped import MappedSource"
    if "Pair(" in code:
        yield "from statistics_app.sources.pairs import Pair"
    if names := [name for name in _DECLARATIONS if name in {table.declaration for table in used}]:
        yield f"from statistics_app.sources.tables import {', '.join(names)}"


def _lines(table: TableGuess) -> Iterator[str]:
    """Yield the lines of a table; one that lacks what is required is a comment."""
    if table.model is None:
        yield f"# {table.attribute}: no model of {table.what} was found."
        return
    if table.others:
        yield f"# Other models that may be {table.what}: {', '.join(table.others)}."
    if table.notes:
        yield "# If they are as well, declare all of them, with each its own conditions:"
        yield from (f"#     {note}" for note in table.notes)
    mark = "" if table.is_complete else "# "
    if mark:
        missing = ", ".join(guess.meaning for guess in table.guesses if guess.required and guess.code is None)
        yield f"# {table.model._meta.label} may be {table.what}, but nothing was found for: {missing}."
    yield f"{mark}{table.attribute} = {table.declaration}("
    yield f'{mark}    model="{table.model._meta.label}",'
    for guess in table.guesses:
        yield from (f"{mark}    {line}" for line in _argument(guess))
    yield f"{mark})"


def _argument(guess: Guess) -> Iterator[str]:
    others = ", ".join(guess.others)
    if guess.code is None:
        remark = f"candidates: {others}" if others else "no column was found"
        yield f"# {guess.meaning}={guess.example},  # {guess.note or remark}"
        return
    remarks = [*([guess.note] if guess.note else []), *([f"other candidates: {others}"] if others else [])]
    if remarks:
        yield f"# {guess.meaning}: {'; '.join(remarks)}"
    yield from f"{guess.meaning}={guess.code},".replace("\n        ", "\n").split("\n")


def _indented(line: str) -> str:
    return f"    {line}" if line else ""
