"""The users of the browser tests' workspace, and their passwords."""

from types import MappingProxyType

VIEWER, MEMBER, ADMINISTRATOR = "ada", "bob", "root"
PASSWORDS = MappingProxyType(
    {
        VIEWER: "seven green umbrellas",
        MEMBER: "nine quiet lanterns",
        ADMINISTRATOR: "two brass telescopes",
    }
)
