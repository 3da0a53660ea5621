"""Times in files that anybody may have written."""

from datetime import MAXYEAR, MINYEAR, datetime


def read_time(text: object) -> datetime | None:
    """Read a time in ISO 8601; None where it is none, or not one wherever a clock stands (`is_everywhere`)."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and is_everywhere(found) else None


def is_everywhere(when: datetime) -> bool:
    """Whether a time can be told in any time zone: in the first and the last year of the calendar, not always."""
    return MINYEAR < when.year < MAXYEAR
