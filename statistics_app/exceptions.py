"""The app's exceptions; their messages can be shown to users: to programs in English, on pages translated."""

from django.utils.translation import ngettext

from .texts import Text, translate


class StatisticsError(Exception):
    """The base class; the message describes in one sentence what went wrong, for the person who has to fix it.

    A message that pages show is marked for translation, and has `values` for its placeholders.
    """

    def __init__(self, message: str = "", **values: object) -> None:
        self.text = Text(message, **values)
        super().__init__(str(self.text))

    @property
    def translated(self) -> str:
        """The message in the current language."""
        return translate(self.text)


class NotAnswered(StatisticsError):
    """A question that the source or the machine cannot answer."""


class InvalidAnswer(StatisticsError):
    """An answer of a source that cannot be used; the message names the source, the method and the value."""


class ParameterError(StatisticsError):
    """An invalid parameter of a request; `error_type` is the `errorType` of the API's response."""

    def __init__(self, message: str, *, error_type: str = "error-invalid-params", **values: object) -> None:
        super().__init__(message, **values)
        self.error_type = error_type

    @property
    def reason(self) -> str:
        """The message without the error type, which some messages repeat for clients."""
        return str(self).removesuffix(f" [{self.error_type}]")


class MissingPackage(StatisticsError):
    """Something that needs a package which is not installed; the message names the extra that installs it."""


class NotNow(StatisticsError):
    """What is needed is not to be had at the moment; `seconds` is the time to wait before the next attempt."""

    def __init__(self, message: str, seconds: int, **values: object) -> None:
        super().__init__(message, **values)
        self.seconds = seconds


class Busy(NotNow):
    """A request that this process cannot serve beside those that it is serving."""


class RemoteError(NotNow):
    """A remote server that did not tell its statistics; the message never contains what it answered, nor the token."""


class TooManyAttempts(StatisticsError):
    """A login attempt that was made too early; `seconds` is the time to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts. Wait {seconds} second{'' if seconds == 1 else 's'} and try again.")
        self.seconds = seconds

    @property
    def translated(self) -> str:
        """The message in the current language."""
        text = ngettext(
            "Too many attempts. Wait %(seconds)d second and try again.",
            "Too many attempts. Wait %(seconds)d seconds and try again.",
            self.seconds,
        )
        return text % {"seconds": self.seconds}
