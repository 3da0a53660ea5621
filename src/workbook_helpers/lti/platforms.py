"""A college's folder for LTI: which learning platforms may send people, and which of their courses belongs to which class.

The folder holds `lti.toml`, the tool's key (`key`), and for each class what its platform offers (`contexts`). The hub and the desk read it.
"""

import hashlib
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workbook_helpers.errors import ContentError, WorkbookError
from workbook_helpers.items import read_toml

FILE = "lti.toml"
PLACE = "lti13"
"""Where on the hub people of a platform come in."""
PREFIX = "lti-"
"""How the hub calls people who come from a platform; nobody else on the hub may have such a name."""
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = re.compile(rf"{PREFIX}[0-9a-f]{{32}}")


class PlatformError(WorkbookError):
    """What the college has set up for its platforms cannot be used."""


def is_address(text: str) -> bool:
    """Whether a text is an address on whose way nobody can read or change what goes there: https, or this machine itself."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port  # which is read when it is asked for
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    return safe and bool(host) and not parts.username and text.isascii() and text.isprintable() and not set(text) & set(" ;,'\"<>\\")


def _address(text: str) -> str:
    if not is_address(text):
        msg = "is no address that begins with https://"
        raise ValueError(msg)
    return text


Address = Annotated[str, Field(max_length=2000), AfterValidator(_address)]
Word = Annotated[str, Field(min_length=1, max_length=255)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Platform(_Part):
    """A registration of the tool at a learning platform, as the platform's page for external tools shows it.

    Attributes
    ----------
    issuer
        The platform's name for itself in what it signs, to the letter.
    deployments
        The deployments whose launches are taken.
    audience
        To whom a request for a token is addressed, where that is not the address it goes to.
    people
        A word that keeps its people apart from those of another registration with the same issuer and other keys.
    """

    name: Word
    issuer: Word
    client_id: Word
    deployments: Annotated[tuple[Word, ...], Field(min_length=1)]
    authorize_url: Address
    token_url: Address
    jwks_url: Address
    audience: str = ""
    people: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""

    @property
    def realm(self) -> str:
        """Give within what a person's `sub` is theirs alone: whoever signs with one set of keys speaks for the same people."""
        return f"{self.issuer}#{self.people}" if self.people else self.issuer


class LinkedCourse(_Part):
    """A course of a platform, and the class on the hub to which it belongs.

    Attributes
    ----------
    id
        The class, as the hub calls it (`courses.toml`).
    client_id
        Of which registration, where its issuer has several; "" for the only one.
    deployment
        Of which deployment alone, "" for each that the registration has.
    context
        The course's id at the platform, as its launches give it.
    served
        The folder that the class's service reads.
    path
        Where the service is on the hub, "" for "/services/class-ID/".
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    issuer: Word
    client_id: str = ""
    deployment: str = ""
    context: Word
    served: Path
    path: Annotated[str, Field(pattern=r"^(/([\w.~-]+/)*)?$")] = ""

    @property
    def start(self) -> str:
        """The path of the class's first page."""
        return self.path or f"/services/class-{self.id}/"


class Settings(_Part):
    """All that `lti.toml` says; `address` is the hub's own, as browsers reach it."""

    address: Address
    platforms: tuple[Platform, ...] = ()
    courses: tuple[LinkedCourse, ...] = ()

    def platform(self, issuer: str, client_id: str = "") -> Platform:
        """Give the one registration with this issuer, and this client id where one is given.

        Raises
        ------
        PlatformError
            If there is none, or more than one.
        """
        found = [one for one in self.platforms if one.issuer == issuer and client_id in {"", one.client_id}]
        if len(found) == 1:
            return found[0]
        why = "which of them is not said" if found else "none of them is registered here"
        msg = f"A platform that calls itself {issuer[:200]!r} wants to send somebody, and {why}. Tell whoever runs the hub."
        raise PlatformError(msg)

    def course(self, platform: Platform, deployment: str, context: str) -> LinkedCourse | None:
        """Give the class that belongs to a course of a platform, None for none.

        A course of the same id at another registration of the issuer, or at another deployment, is another one.
        """
        there = (one for one in self.courses if one.context == context and one.deployment in {"", deployment})
        return next((one for one in there if self.registration(one) == platform), None)

    def registration(self, course: LinkedCourse) -> Platform:
        """Give the registration to which a class's course belongs; PlatformError where there is none, or which is not said."""
        try:
            return self.platform(course.issuer, course.client_id)
        except PlatformError as error:
            why = (
                "give its client_id, too, since several have this issuer" if not course.client_id else "none has this issuer and client_id"
            )
            msg = f"{FILE}: the class {course.id!r} names no platform of this file: {why}."
            raise PlatformError(msg) from error

    def of(self, course_id: str) -> LinkedCourse:
        """Give what is said of a class; PlatformError where nothing is."""
        found = next((one for one in self.courses if one.id == course_id), None)
        if found is None:
            known = ", ".join(one.id for one in self.courses) or "none"
            msg = f"{FILE} links no class {course_id[:60]!r} to a course (it has: {known}). Add [[courses]] for it."
            raise PlatformError(msg)
        return found


def read_settings(folder: Path) -> Settings:
    """Read `lti.toml`.

    Raises
    ------
    PlatformError
        If it is not there, or says what cannot be.
    """
    path = folder / FILE
    if not path.is_file():
        msg = f"There is no {path}. docs/lti.md shows what it holds."
        raise PlatformError(msg)
    try:
        found = Settings.model_validate(read_toml(path))
    except ContentError as error:
        raise PlatformError(str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        msg = f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}. Mend it; docs/lti.md shows an example."
        raise PlatformError(msg) from error
    for what, keys in (
        ("platforms with the same issuer and client_id", [(one.issuer, one.client_id) for one in found.platforms]),
        ("courses with the same id", [one.id for one in found.courses]),
    ):
        if len({*keys}) < len(keys):
            msg = f"{path}: there are two {what}. Take one of them out."
            raise PlatformError(msg)
    _check_people(path, found)
    for course in found.courses:
        _check_course(path, found, course)
    return found


def _check_people(path: Path, settings: Settings) -> None:
    """See that no platform can send people as another's."""
    keys: dict[str, set[str]] = {}
    for one in settings.platforms:
        keys.setdefault(one.realm, set()).add(one.jwks_url)
        if len(keys[one.realm]) > 1:
            msg = (
                f"{path}: two platforms call themselves {one.issuer} and have other keys (jwks_url), so that each could send people as the "
                'other’s. Give one of them a word of its own that keeps its people apart, such as people = "north".'
            )
            raise PlatformError(msg)


def _check_course(path: Path, settings: Settings, course: LinkedCourse) -> None:
    """See that a class belongs to one course, and that course to no other class."""
    platform = settings.registration(course)
    if course.deployment and course.deployment not in platform.deployments:
        msg = f"{path}: the class {course.id!r} is of deployment {course.deployment!r}, which its platform does not have. Mend either."
        raise PlatformError(msg)
    for other in settings.courses:
        same = (other.issuer, other.context) == (course.issuer, course.context) and settings.registration(other) == platform
        if other.id != course.id and same and (other.deployment == course.deployment or not other.deployment or not course.deployment):
            msg = f"{path}: {course.id!r} and {other.id!r} are of one course of the platform. Take one out, or give both a deployment."
            raise PlatformError(msg)


def addresses(settings: Settings) -> dict[str, str]:
    """Give what a platform's page for external tools asks for → the hub's address of it."""
    hub = settings.address.rstrip("/")
    ways = {"Initiate login URL": "oauth_login", "Redirection URI": "oauth_callback", "Public keyset (JWKS) URL": "jwks"}
    return {"Tool URL": f"{hub}/", **{what: f"{hub}/hub/{PLACE}/{name}" for what, name in ways.items()}}


def hub_name(realm: str, subject: str) -> str:
    """Give the name by which the hub knows a person of a platform (`Platform.realm`): the same at each launch, and it tells nobody who."""
    return PREFIX + hashlib.sha256(f"{realm}\n{subject}".encode()).hexdigest()[:32]


def is_hub_name(name: str) -> bool:
    """Whether a hub's user came from a platform."""
    return bool(_NAME.fullmatch(name))
