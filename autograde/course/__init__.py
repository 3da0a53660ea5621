"""A class: one folder with its roster, workbooks, submissions and gradebook."""

from autograde.course.folder import Course, find_course

__all__ = ["Course", "find_course"]
