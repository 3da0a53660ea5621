"""The feedback page: what the student gets back."""

from autograde.feedback.page import Written, feedback_page, write_feedback

__all__ = ["Written", "feedback_page", "write_feedback"]
