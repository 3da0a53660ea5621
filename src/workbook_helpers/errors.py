"""The one root of our errors."""


class WorkbookError(Exception):
    """Something a person can mend: the message says what happened, where, and what to do next."""


class ContentError(WorkbookError):
    """A workbook's own files are at fault: an item, a key, a rubric or the notebook."""


class SaveError(WorkbookError):
    """An answer could not be put on disk; the text is still on the page."""


class HandInError(WorkbookError):
    """The answers could not be handed in; nothing was sent and nothing was lost.

    `about` says what the student should look at: "learner" (the id), or "" for nothing on the page.
    """

    def __init__(self, message: str, about: str = "") -> None:
        super().__init__(message)
        self.about = about


class PaperError(HandInError):
    """The questions were drawn for somebody else than who hands in."""
