"""What can go wrong for a user: few kinds for programs, one sentence and one hint for people.

Anything that is not a `FeedlogError` is a fault of feedlog itself and looks like one.
"""


class FeedlogError(Exception):
    """A refusal a person can act on: `message` says why, `hint` what to do, `exit_status` tells scripts."""

    exit_status = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(FeedlogError):
    """feedlog understood and will not do it: the state of the log or of a file forbids it."""


class NotFound(FeedlogError):
    """What was asked for does not exist."""


class WrongUsage(FeedlogError):
    """The words of the call are off: an empty text, a date that is no date, an option out of range."""

    exit_status = 2


class NotStored(FeedlogError):
    """The log could not be written; a text at stake is safe in the spool and the message names the file."""

    exit_status = 75  # EX_TEMPFAIL of sysexits.h: try again later
