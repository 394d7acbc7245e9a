"""Random writes to the host's tables, in the ways that Django's ORM has, each also performed on the chat in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from itertools import chain, groupby, islice
from typing import Any

from django.db import router, transaction
from django.db.models import Model

from ..sources.base import RoomKind
from . import wanted
from .chat import Chat, Row, Thing
from .drawing import Drawing

# Where a factory declines, it is asked for so many other meanings; for a row of one table, for more.
ATTEMPTS, MOST_ATTEMPTS = 8, 200
# Fewer rows than these are not deleted.
FEWEST = {Thing.USER: 4, Thing.ROOM: 4, Thing.MESSAGE: 6}
_WANTED: Mapping[Thing, type[Any]] = {
    Thing.USER: wanted.User,
    Thing.TEAM: wanted.Team,
    Thing.ROOM: wanted.Room,
    Thing.MESSAGE: wanted.Message,
    Thing.READ: wanted.Read,
    Thing.UPLOAD: wanted.Upload,
}


class Way(StrEnum):
    """The ways in which rows are written."""

    CREATE = "create"
    BULK_CREATE = "bulk_create"
    SAVE = "save"
    UPDATE = "update"
    DELETE = "delete"
    DELETE_MANY = "delete of a queryset"


class Writer:
    """Writes rows that a host's factories make; a factory can decline by returning None. `written` are the models of rows."""

    def __init__(self, chat: Chat, drawing: Drawing, factories: Mapping[Thing, Callable[[Any], Any]], using: str) -> None:
        self.chat, self.drawing, self.random, self.factories = chat, drawing, drawing.random, factories
        self.using = using
        self.written: set[type[Model]] = set()

    def write(self, way: Way, thing: Thing) -> str:
        """Perform a random write in one transaction, and return what was done; an empty text if nothing could be."""
        if way in (Way.DELETE, Way.DELETE_MANY) and len(self._changeable(thing)) <= FEWEST.get(thing, 1):
            way = Way.BULK_CREATE
        with transaction.atomic(using=self.using):
            match way:
                case Way.CREATE:
                    return self._create(thing)
                case Way.BULK_CREATE:
                    return self._bulk_create(thing)
                case Way.SAVE | Way.UPDATE:
                    return self._change(thing, way)
                case Way.DELETE | Way.DELETE_MANY:
                    return self._delete(thing, way)

    def create_where(self, thing: Thing, is_wanted: Callable[[Row], bool]) -> None:
        """Write a row of a random meaning that is wanted, if the factory makes one."""
        with transaction.atomic(using=self.using):
            drawn = (self._built(self.drawing.new(thing)) for _ in range(MOST_ATTEMPTS))
            self._insert(list(islice((row for row in drawn if row and is_wanted(row)), 1)))

    def _create(self, thing: Thing) -> str:
        row = self._new(thing)
        if row is None:
            return ""
        self._insert([row])
        return f"create of {_named(row)}"

    def _bulk_create(self, thing: Thing) -> str:
        rows: list[Row] = []
        for _ in range(3):
            row = self._new(thing, rows)
            if row and (not rows or type(row.instance) is type(rows[0].instance)):
                rows.append(row)
        if not rows:
            return ""
        model = type(rows[0].instance)
        if not rows[0].is_stored or model._meta.parents:
            self._insert(rows)
            return f"create of {', '.join(map(_named, rows))}"
        times = [_automatic_times(row.instance) for row in rows]
        rows_of(model).bulk_create([row.instance for row in rows])
        for row, own in zip(rows, times, strict=True):
            _put_back(row.instance, own)
        self.chat.rows[thing] += rows
        self.written.update(with_parents(model))
        return f"bulk_create of {', '.join(map(_named, rows))}"

    def _insert(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.is_stored:
                times = _automatic_times(row.instance)
                row.instance.save()
                _put_back(row.instance, times)
                self.written.update(with_parents(type(row.instance)))
            self.chat.rows[row.thing].append(row)

    def _new(self, thing: Thing, beside: Sequence[Row] = ()) -> Row | None:
        """Return a row of a random meaning that its factory makes, to be written beside others; None if it declines again."""
        drawn = (self._built(self.drawing.new(thing, beside)) for _ in range(ATTEMPTS))
        return next((row for row in drawn if row), None)

    def _change(self, thing: Thing, way: Way) -> str:
        candidates = [row for row in self._changeable(thing) if row.is_stored]
        chosen = self.random.sample(candidates, min(len(candidates), 1 if way is Way.SAVE else 3))
        changed = [(row, other) for row in chosen if (other := self._changed(row))]
        if way is Way.SAVE:
            done = [self._saved(row, other) for row, other in changed]
        else:
            done = self._updated([(row, other, _difference(row.instance, other.instance)) for row, other in changed])
        return "; ".join(done)

    def _changed(self, row: Row) -> Row | None:
        """Return a row with another meaning, made for the same key; None if it would be another model's."""
        other = self._built(self.drawing.changed(row))
        if other is None or type(other.instance) is not type(row.instance):
            return None
        for model in with_parents(type(row.instance)):
            setattr(other.instance, model._meta.pk.attname, row.instance.pk)
        for name, time in _automatic_times(row.instance).items():
            if getattr(other.instance, name) is None:  # the factory leaves it to Django
                setattr(other.instance, name, time)
        other.instance._state.adding, other.instance._state.db = False, row.instance._state.db
        return other

    def _saved(self, row: Row, other: Row) -> str:
        times = _automatic_times(other.instance)
        other.instance.save()
        _put_back(other.instance, times)
        _adopt(row, other)
        return f"save of {_named(row)} with {_meaning(other)}"

    def _updated(self, changes: list[tuple[Row, Row, dict[str, Any]]]) -> list[str]:
        """Change rows, those with the same changes by one statement."""
        done = []
        for columns, group in groupby(sorted(changes, key=lambda change: repr(change[2])), key=lambda change: change[2]):
            alike = [(row, other) for row, other, _ in group]
            if columns:  # or else what was changed is in rows that the factory has saved
                rows_of(type(alike[0][0].instance)).filter(pk__in=[row.instance.pk for row, _ in alike]).update(**columns)
            for row, other in alike:
                _adopt(row, other)
            done.append(f"update({', '.join(columns)}) of {', '.join(_named(row) for row, _ in alike)}")
        return done

    def _delete(self, thing: Thing, way: Way) -> str:
        """Delete rows with all that refer to them, these first."""
        candidates = self._changeable(thing)
        drawn = self.random.sample(candidates, min(len(candidates), 3))
        fewest = sorted(drawn, key=lambda row: len(self.chat.dependents(row)))
        chosen = fewest[: 1 if way is Way.DELETE else 2]
        names = ", ".join(map(_named, chosen))
        dependents = [one for one in dict.fromkeys(chain(*map(self.chat.dependents, chosen))) if one not in chosen]
        for row in dependents:
            self._remove([row], way)
        self._remove(sorted(chosen, key=lambda row: row.number, reverse=True), way)
        self._look_again({*dependents, *chosen})
        return f"{way} of {names}" + (f", and of {len(dependents)} rows that refer to it" if dependents else "")

    def _remove(self, rows: Sequence[Row], way: Way) -> None:
        for model, group in groupby((row for row in rows if row.is_stored), key=lambda row: type(row.instance)):
            keys = [row.instance.pk for row in group]
            if way is Way.DELETE_MANY:
                rows_of(model).filter(pk__in=keys).delete()
                continue
            for key in keys:  # loaded as the host would, since what an instance remembers of other rows may be out of date
                for instance in rows_of(model).filter(pk=key):
                    instance.delete()

    def _look_again(self, deleted: Collection[Row]) -> None:
        """Forget rows that are gone, also those taken along; what the host kept, marked as deleted, does not count."""
        there = {model: set(rows_of(model).values_list("pk", flat=True)) for model in self.chat.rows_before}
        for row in list(self.chat.all()):
            if row.instance.pk not in there[type(row.instance)] if row.is_stored else row in deleted:
                self.chat.rows[row.thing].remove(row)
            elif row in deleted:
                row.values, row.frozen = {**row.values, "counts": False}, True

    def _changeable(self, thing: Thing) -> list[Row]:
        return [row for row in self.chat.rows[thing] if not row.frozen]

    def _built(self, row: Row | None) -> Row | None:
        """Let the host's factory make the row."""
        if row is None:
            return None
        instance = self.factories[row.thing](asked_for(row))
        for model in with_parents(type(instance)) if isinstance(instance, Model) else ():
            if model not in self.chat.rows_before:
                self.chat.rows_before[model] = rows_of(model).count()
        return None if instance is None else replace(row, instance=instance)


def asked_for(row: Row) -> Any:
    """Return the meaning of a row as a factory gets it: with the host's own instances for links."""
    type_ = _WANTED[row.thing]
    links = {name: link and link.instance for name, link in row.links.items()}
    members = row.members if row.values.get("kind") is RoomKind.DIRECT else ()
    given = {"number": row.number, **row.values, **links, "members": tuple(one.instance for one in members)}
    return type_(**{field.name: given[field.name] for field in fields(type_)})


def _adopt(row: Row, other: Row) -> None:
    row.values, row.links, row.members, row.instance = other.values, other.links, other.members, other.instance


def rows_of(model: type[Model]) -> Any:
    """Return all rows of a model, in the database that it is written to."""
    return model._base_manager.using(router.db_for_write(model))


def with_parents(model: type[Model]) -> tuple[type[Model], ...]:
    """Return a model and those that it inherits its columns from, in tables of their own."""
    return (model, *model._meta.get_parent_list())


def _difference(old: Model, new: Model) -> dict[str, Any]:
    """Return the columns in which two rows differ."""
    columns = [field.attname for field in old._meta.concrete_fields if not field.primary_key and not _is_generated(field)]
    return {name: getattr(new, name) for name in columns if getattr(new, name) != getattr(old, name)}


def _is_generated(field: Any) -> bool:
    return bool(getattr(field, "generated", False))


def _automatic_times(instance: Model) -> dict[str, Any]:
    """Return the times in columns that Django sets to the present when it saves."""
    automatic = [
        field.attname
        for field in instance._meta.concrete_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    return {name: value for name in automatic if (value := getattr(instance, name)) is not None}


def _put_back(instance: Model, times: dict[str, Any]) -> None:
    if times:
        rows_of(type(instance)).filter(pk=instance.pk).update(**times)
        for name, value in times.items():
            setattr(instance, name, value)


def _named(row: Row) -> str:
    return f"{row.instance._meta.label} {row.instance.pk}" if row.is_stored else f"{row.thing} {row.number}"


def _meaning(row: Row) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.values.items())
