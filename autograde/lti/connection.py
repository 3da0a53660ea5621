"""Which course of a learning platform a class belongs to: `platform.toml` in its folder names the college's folder and the class there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.classes.folder import Course
from autograde.errors import ClassError
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import read_toml
from workbook_helpers.lti.platforms import Platform, PlatformError, read_settings

if TYPE_CHECKING:  # signing is imported where something is signed
    from workbook_helpers.lti.contexts import Offer
    from workbook_helpers.lti.key import ToolKey

FILE = "platform.toml"
HEAD = "# Which course of a learning platform this class is: autograde lti connect writes it.\n"


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A class's course at its platform, what is offered there, and the key by which this tool is known."""

    platform: Platform
    offer: "Offer"
    key: "ToolKey"


def connect(course: Course, folder: Path, class_id: str) -> Platform:
    """Keep which class of the college's folder this one is.

    Raises
    ------
    ClassError
        If the folder cannot be used, or has no such class.
    """
    folder = folder.expanduser().resolve()
    try:
        settings = read_settings(folder)
        platform = settings.registration(settings.of(class_id))
    except PlatformError as error:
        raise ClassError(str(error)) from error
    write_file(course.root / FILE, f"{HEAD}folder = {json.dumps(str(folder))}\nclass = {json.dumps(class_id)}\n".encode())
    return platform


def is_connected(course: Course) -> bool:
    """Whether a class belongs to a course of a platform."""
    return (course.root / FILE).is_file()


def connection(course: Course) -> Connection:
    """Give a class's course at its platform.

    Raises
    ------
    ClassError
        If it has none, nobody has come from there yet, or what is set up cannot be used.
    """
    from workbook_helpers.lti.contexts import read_offer
    from workbook_helpers.lti.key import read_key

    path = course.root / FILE
    if not is_connected(course):
        msg = "This class belongs to no course of a learning platform. Run: autograde lti connect FOLDER CLASS"
        raise ClassError(msg)
    try:
        said = read_toml(path)
        folder = Path(str(said.get("folder", "")))
        settings = read_settings(folder)
        linked = settings.of(str(said.get("class", "")))
        offer, platform = read_offer(folder, linked), settings.registration(linked)
        there = (platform.issuer, platform.client_id, linked.context, linked.deployment or offer.deployment)
        if offer.course != there:
            msg = f"The last launch of {linked.id} came from another course. Open a link in the course that it has now, then try again."
            raise ClassError(msg)
        return Connection(platform=platform, offer=offer, key=read_key(folder))
    except (PlatformError, ContentError) as error:
        raise ClassError(str(error)) from error
