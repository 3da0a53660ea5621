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
        host = parts.hostname or ""
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    return safe and bool(host) and not parts.username and text.isascii() and not set(text) & set(" \t\r\n;,'\"<>\\")


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
    """

    name: Word
    issuer: Word
    client_id: Word
    deployments: Annotated[tuple[Word, ...], Field(min_length=1)]
    authorize_url: Address
    token_url: Address
    jwks_url: Address
    audience: str = ""


class LinkedCourse(_Part):
    """A course of a platform, and the class on the hub to which it belongs.

    Attributes
    ----------
    id
        The class, as the hub calls it (`courses.toml`).
    context
        The course's id at the platform, as its launches give it.
    served
        The folder that the class's service reads.
    path
        Where the service is on the hub, "" for "/services/class-ID/".
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    issuer: Word
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

    def course(self, platform: Platform, context: str) -> LinkedCourse | None:
        """Give the class that belongs to a course of a platform, None for none."""
        return next((one for one in self.courses if (one.issuer, one.context) == (platform.issuer, context)), None)

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
        ("courses with the same issuer and context", [(one.issuer, one.context) for one in found.courses]),
    ):
        if len({*keys}) < len(keys):
            msg = f"{path}: there are two {what}. Take one of them out."
            raise PlatformError(msg)
    return found


def addresses(settings: Settings) -> dict[str, str]:
    """Give what a platform's page for external tools asks for → the hub's address of it."""
    hub = settings.address.rstrip("/")
    ways = {"Initiate login URL": "oauth_login", "Redirection URI": "oauth_callback", "Public keyset (JWKS) URL": "jwks"}
    return {"Tool URL": f"{hub}/", **{what: f"{hub}/hub/{PLACE}/{name}" for what, name in ways.items()}}


def hub_name(issuer: str, subject: str) -> str:
    """Give the name by which the hub knows a person of a platform: the same at each launch, and it tells nobody who it is."""
    return PREFIX + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]


def is_hub_name(name: str) -> bool:
    """Whether a hub's user came from a platform."""
    return bool(_NAME.fullmatch(name))
