"""The reference to a user, who may be in another database than the app's own tables."""

from typing import Any

from django.db import models, router
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor


class _Account(ForwardManyToOneDescriptor):
    """Looks a user up where the users are, and not, as a router that names no database lets Django do, beside the token."""

    def get_queryset(self, **hints: Any) -> Any:
        """Return the users."""
        return self.field.remote_field.model._base_manager.all()


class AccountKey(models.ForeignKey):
    """A foreign key that is a constraint of the database only where both tables are in one.

    Where they are not, Django's cascade would look for the app's table beside the users, and no user could be deleted.
    """

    forward_related_accessor_class = _Account

    @property
    def is_beside(self) -> bool:
        """Whether the users are in the same database as the model of this field."""
        target = self.remote_field.model
        return isinstance(target, str) or router.db_for_write(self.model) == router.db_for_write(target)

    @property
    def db_constraint(self) -> bool:
        """Whether the database keeps the reference."""
        return not hasattr(self, "model") or self.is_beside

    @db_constraint.setter
    def db_constraint(self, value: bool) -> None:
        """Ignore what Django's constructor sets."""

    def deconstruct(self) -> Any:
        """Return the same field whatever the router says, so that it needs no migration."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, {**kwargs, "on_delete": models.CASCADE}
