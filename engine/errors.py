"""The two exceptions that speak. Anything else that is raised is a bug and reaches the crash hook."""


class UserError(Exception):
    """Something the composer can understand and mend.

    Args:
        what: one sentence saying what is wrong, without jargon.
        remedy: one sentence saying what to do about it; may be empty.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class Cancelled(Exception):
    """The composer asked to stop. Never shown, never logged as a failure."""
