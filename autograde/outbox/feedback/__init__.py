"""The feedback page: what the student gets back."""

from autograde.outbox.feedback.page import feedback_page
from autograde.outbox.feedback.writing import Written, write_feedback

__all__ = ["Written", "feedback_page", "write_feedback"]
