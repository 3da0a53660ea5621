"""A college's list of courses, `courses.toml`: which classes its hub serves, and who works in each of them."""

import re
import tomllib
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from autograde.errors import ClassError

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""What a course may be called in an address."""
USER = re.compile(r"[^\s/,\x00-\x1f\x7f]{1,64}")
"""What a hub may call somebody."""
ADDRESS = re.compile(r"https?://[^\s/?#@]+")
HERE = "at-this-address"
"""What is said of a JupyterLab by whoever knows that it has no address of its own."""


def _fits(pattern: re.Pattern[str], what: str, text: str) -> str:
    if not pattern.fullmatch(text):
        msg = f"{text!r} is not {what}"
        raise ValueError(msg)
    return text


def _place(text: object) -> Path:
    if not isinstance(text, str) or not Path(text).is_absolute():
        msg = f"{text!r} is not a whole path, such as /srv/workbook/care-2026"
        raise ValueError(msg)
    return Path(text)


def _lower(user: str) -> str:
    """Give a name as the hub has it: JupyterHub knows people by small letters."""
    return _fits(USER, "a name that somebody signs in by", user).lower()


def _lab(found: object) -> object:
    if found is True:
        msg = (
            "a page of a learner's JupyterLab is at the hub's own address and can act for whoever follows a link to it, a tutor too; "
            f'if you take that upon you, write lab = "{HERE}", else leave it out (deploy/hub/README.md says what else there is)'
        )
        raise ValueError(msg)
    return found or None


User = Annotated[str, AfterValidator(_lower)]
Place = Annotated[Path, BeforeValidator(_place)]


class CollegeCourse(BaseModel):
    """One course.

    Attributes
    ----------
    id
        In addresses and in the hub's list of services: small letters, digits and hyphens.
    folder
        Its class folder, a whole path.
    tutors, quality_assurers
        Names that people sign in by. The same person may be both.
    processes
        How many serve its students; more than one needs answers in PostgreSQL.
    lab
        `HERE` where its learners and tutors may start a JupyterLab of their own; nbgrader's exchange is for those.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, AfterValidator(partial(_fits, ID, "a course's id: small letters, digits and hyphens"))]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    folder: Place
    tutors: list[User] = []
    quality_assurers: list[User] = []
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    lab: Annotated[Literal["at-this-address"] | None, BeforeValidator(_lab)] = None


class College(BaseModel):
    """What a hub serves.

    Attributes
    ----------
    address
        Where people find it: "https://workbooks.example.ac.uk", no path.
    administrators
        Names of those who look after the accounts; they may open everything.
    port
        Where the proxy listens.
    first_port
        Of those that only this machine uses: the proxy's own, the hub's, then one or more for each course.
    certificate, key
        PEM files for TLS. Without them the proxy listens to this machine alone, for a web server before it that has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    address: Annotated[str, AfterValidator(partial(_fits, ADDRESS, "an address like https://workbooks.example.ac.uk, without a path"))]
    administrators: list[User] = []
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    first_port: Annotated[int, Field(ge=1024, le=60000)] = 8101
    certificate: Place | None = None
    key: Place | None = None
    courses: Annotated[list[CollegeCourse], Field(min_length=1)]

    @field_validator("courses")
    @classmethod
    def _each_once(cls, courses: list[CollegeCourse]) -> list[CollegeCourse]:
        for what, found in (("id", [one.id for one in courses]), ("folder", [str(one.folder) for one in courses])):
            if twice := sorted({one for one in found if found.count(one) > 1}):
                msg = f"two courses have the {what} {twice[0]}"
                raise ValueError(msg)
        return courses

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.certificate is None) is not (self.key is None):
            msg = "certificate and key belong together: give both, or neither"
            raise ValueError(msg)
        return self


def read_college(path: Path) -> College:
    """Read the list.

    Raises
    ------
    ClassError
        If it is not there, is no TOML, or says what cannot be; the message names the place.
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return College.model_validate(found)
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror or error}). Write it as deploy/hub/courses.toml shows."
        raise ClassError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path} is no TOML file ({error}). Mend that place; deploy/hub/courses.toml shows how it is written."
        raise ClassError(msg) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        msg = f"{path}, {where}: {str(first['msg']).removeprefix('Value error, ')}. Mend it; deploy/hub/courses.toml shows an example."
        raise ClassError(msg) from error
