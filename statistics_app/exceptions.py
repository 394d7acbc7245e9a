"""The errors that this app raises on purpose: their text is fit to be shown."""


class StatisticsError(Exception):
    """Say in one sentence what went wrong, for the person who has to mend it."""


class NotAnswered(StatisticsError):
    """A question that this source or this machine has no answer to."""


class ParameterError(StatisticsError):
    """A request's parameter that cannot be used; `error_type` is its name on the wire."""

    def __init__(self, message: str, *, error_type: str = "error-invalid-params") -> None:
        super().__init__(message)
        self.error_type = error_type

    @property
    def reason(self) -> str:
        """Say it without the name of the type, which some messages repeat for clients."""
        return str(self).removesuffix(f" [{self.error_type}]")


class TooManyAttempts(StatisticsError):
    """An attempt that came before its turn; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts. Wait {seconds} second{'' if seconds == 1 else 's'} and try again.")
        self.seconds = seconds
