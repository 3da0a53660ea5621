"""Deep links: a tutor chooses a workbook of the class, and the platform gets a link to it, signed with the tool's key.

References
----------
LTI Deep Linking 2.0 (https://www.imsglobal.org/spec/lti-dl/v2p0), checked 2026-11.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from workbook_helpers.errors import ContentError
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.lti.key import ToolKey
from workbook_helpers.lti.launch import CLAIM, ForgedError, Launch
from workbook_helpers.lti.platforms import LinkedCourse, Settings, is_address

ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
SORT = "ltiResourceLink"
LASTS_S = 3600
"""How long one may take to choose."""
_PAGES = Environment(loader=PackageLoader("workbook_helpers.lti", "."), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A workbook that can be linked, and the signed answer that links it."""

    title: str
    short: str
    takes: str
    answer: str


def choices(settings: Settings, course: LinkedCourse, launch: Launch, key: ToolKey) -> list[Choice]:
    """Give the workbooks of a class that were given out, in their order.

    Raises
    ------
    ForgedError
        If the platform wants no link back, or whoever chooses does not teach in the course.
    """
    where, accepted = launch.linking.get("deep_link_return_url"), launch.linking.get("accept_types")
    if not isinstance(where, str) or not is_address(where) or not isinstance(accepted, list) or SORT not in accepted:
        msg = f"{launch.platform.name} does not take a link to a workbook at this place. Add it as an external tool of the course."
        raise ForgedError(msg)
    if not launch.teaches:
        msg = "Only who teaches in the course can choose a workbook for it."
        raise ForgedError(msg)
    found = []
    for workbook in sorted(_released(course), key=lambda one: one.about.order):
        claims = _claims(launch, _item(settings, course, workbook, scores=launch.linking.get("accept_lineitem") is not False))
        answer = key.sign(claims, lasts_s=LASTS_S)
        found.append(Choice(title=workbook.about.title, short=workbook.id, takes=workbook.about.takes, answer=answer))
    return found


def page(launch: Launch, course: LinkedCourse, found: list[Choice]) -> tuple[str, str]:
    """Give the page on which one is chosen, and its Content-Security-Policy: each choice is a form that goes to the platform.

    A platform may lead on from its address to another of its hosts, and browsers hold that against `form-action`, too. The address itself
    is signed by the platform, and nothing else on the page is a form.
    """
    where, nonce = str(launch.linking["deep_link_return_url"]), secrets.token_urlsafe(16)
    back = _origin(where)
    frames = " ".join(sorted({back, _origin(launch.platform.authorize_url)}))
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; form-action https: {back}; base-uri 'none'; frame-ancestors {frames}"
    told = {"title": launch.title or course.id, "platform": launch.platform.name}
    return _PAGES.get_template("links.html.j2").render(choices=found, where=where, nonce=nonce, **told), policy


def _released(course: LinkedCourse) -> Iterator[Workbook]:
    for folder in sorted((course.served / "releases").glob("[!.]*/")):
        with suppress(ContentError):  # the service tells of it
            yield load_workbook(folder)


def _item(settings: Settings, course: LinkedCourse, workbook: Workbook, *, scores: bool) -> dict[str, Any]:
    """Give what the platform keeps: an address that never changes, and a column for points where there are any."""
    points = sum(item.points for item in workbook.paper(assessed=True).values())
    item: dict[str, Any] = {
        "type": SORT,
        "title": workbook.about.title,
        "url": f"{settings.address.rstrip('/')}{course.start}{workbook.assignment}.html",
        "custom": {"workbook": workbook.assignment},
        "window": {"targetName": "_blank"},  # the page refuses to be framed
    }
    if scores and points:
        item["lineItem"] = line_item(workbook.assignment, workbook.about.title, points)
    return item


def line_item(assignment: str, title: str, points: float) -> dict[str, Any]:
    """Give a column for a workbook's points; `resourceId` is how it is found again."""
    return {"scoreMaximum": points, "label": f"{title} (feedback points, not the result)", "resourceId": assignment, "tag": "feedback"}


def _claims(launch: Launch, item: Mapping[str, Any]) -> dict[str, Any]:
    claims = {
        "iss": launch.platform.client_id,
        "sub": launch.platform.client_id,
        "aud": [launch.platform.issuer],
        f"{CLAIM}deployment_id": launch.deployment,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        ITEMS: [item],
    }
    return claims | ({DATA: launch.linking["data"]} if "data" in launch.linking else {})


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
