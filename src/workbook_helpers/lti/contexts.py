"""Where a platform gives a course's people and takes its scores: told with each launch, kept by the hub, read by the desk."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from workbook_helpers.files import read_file, write_file
from workbook_helpers.lti.launch import Launch
from workbook_helpers.lti.platforms import LinkedCourse, PlatformError

FOLDER = "contexts"
MAX_BYTES = 20_000


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a platform offers for one class; the addresses are "" where it does not offer that."""

    issuer: str
    client_id: str
    context: str
    title: str
    names_url: str
    scores_url: str
    deployment: str = ""

    @property
    def course(self) -> tuple[str, str, str, str]:
        """Which course of which registration it is of."""
        return self.issuer, self.client_id, self.context, self.deployment


def keep_offer(folder: Path, course: LinkedCourse, launch: Launch) -> None:
    """Keep what a launch has told, if it is news. Not every link tells the two addresses: one that is known of this course stays.

    Raises
    ------
    PlatformError
        If it cannot be written.
    """
    offer = Offer(
        issuer=launch.platform.issuer,
        client_id=launch.platform.client_id,
        context=launch.context,
        title=launch.title,
        names_url=launch.names_url,
        scores_url=launch.scores_url,
        deployment=launch.deployment,
    )
    with suppress(PlatformError):
        before = read_offer(folder, course)
        if before.course == offer.course:
            offer = replace(offer, names_url=offer.names_url or before.names_url, scores_url=offer.scores_url or before.scores_url)
        if before == offer:
            return
    try:
        (folder / FOLDER).mkdir(exist_ok=True, mode=0o750)
        write_file(_path(folder, course), json.dumps(asdict(offer), ensure_ascii=False).encode(), mode=0o640)
    except OSError as error:
        msg = f"What the platform offers cannot be kept ({error}). Give {folder / FOLDER} to the account that the hub runs as."
        raise PlatformError(msg) from error


def read_offer(folder: Path, course: LinkedCourse) -> Offer:
    """Read what the last launch of a class has told.

    Raises
    ------
    PlatformError
        If there was none yet, or it cannot be read.
    """
    path = _path(folder, course)
    try:
        return Offer(**{name: str(value) for name, value in json.loads(read_file(path, MAX_BYTES)).items()})
    except FileNotFoundError as error:
        msg = f"Nobody has come to {course.id} from its course yet. Open a link of it in your learning platform once, then try again."
        raise PlatformError(msg) from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        msg = f"{path} cannot be read ({error}). Take it away; the next launch from the course makes it anew."
        raise PlatformError(msg) from error


def _path(folder: Path, course: LinkedCourse) -> Path:
    return folder / FOLDER / f"{course.id}.json"
