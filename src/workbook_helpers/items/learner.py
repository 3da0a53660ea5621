"""What a learner's id is: whatever a college or a hub calls a person, on one line."""

import unicodedata

MAX_ID = 128
"""Characters; more than a database column for ids holds."""


def clean_id(text: str) -> str:
    """Give an id as it is kept and compared: composed letters, no blanks around it, no invisible marks; "" if it is none."""
    composed = unicodedata.normalize("NFC", text[: 8 * MAX_ID])
    plain = "".join(char for char in composed if unicodedata.category(char) != "Cf").strip()
    return plain if len(plain) <= MAX_ID and plain.isprintable() else ""
