"""A launch: what a platform signs when it sends somebody, checked and read.

References
----------
LTI 1.3 (https://www.imsglobal.org/spec/lti/v1p3/) and its security framework (https://www.imsglobal.org/spec/security/v1p0/), checked
2026-11.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from workbook_helpers.lti.key import ALGORITHM
from workbook_helpers.lti.platforms import Platform, PlatformError

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
NAMES = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCORES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
LINK, CHOOSE = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNS = frozenset({"Learner"})
TEACHES = frozenset({"Instructor", "Administrator", "ContentDeveloper", "Manager"})
OLDEST_S = 600
"""How long ago a launch may have been signed."""
LEEWAY_S = 30
"""How far the clocks of platform and hub may be apart."""
_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What a text file, or a database, does not take: half a sign, as of one that was cut in two, and NUL."""
_NEEDED = ["iss", "aud", "exp", "iat", "sub", "nonce"]


class ForgedError(PlatformError):
    """A launch is not what it claims to be."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """Somebody whom a platform sends.

    Attributes
    ----------
    subject
        Who it is, as the platform calls them towards this tool.
    kind
        `LINK` to work, `CHOOSE` to choose a workbook that is to be linked.
    context, title
        The platform's course: its id, and what people call it.
    target
        The address that the link in the course names.
    names_url, scores_url
        Where the platform gives the course's list of people, and takes scores; "" where it does not.
    linking
        Of `CHOOSE`: what the platform wants back, and where.
    nonce, expires
        What may be used but once, and until when, in seconds of the epoch.
    """

    platform: Platform
    deployment: str
    subject: str
    kind: str
    roles: frozenset[str]
    context: str
    title: str
    target: str
    nonce: str
    expires: float
    names_url: str = ""
    scores_url: str = ""
    linking: Mapping[str, Any] = field(default_factory=dict)

    @property
    def teaches(self) -> bool:
        """Whether they teach in the course, or look after it."""
        return bool(self.roles & TEACHES)


def signing_keys(platform: Platform) -> jwt.PyJWKClient:
    """Give what fetches and keeps the public keys of a platform; a key that is not known is asked for at most twice a minute."""
    return jwt.PyJWKClient(platform.jwks_url, timeout=10)


def verified(platform: Platform, token: str, keys: jwt.PyJWKClient) -> dict[str, Any]:
    """Give the claims of a token that this platform has signed for this tool just now.

    Raises
    ------
    ForgedError
        If it was signed by another, for another, with another method or not at all, is too old, or lacks something.
    PlatformError
        If the platform's keys cannot be had.
    """
    try:
        key = keys.get_signing_key_from_jwt(token)
        wanted: Any = {"require": _NEEDED}
        found: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=platform.client_id, issuer=platform.issuer, leeway=LEEWAY_S, options=wanted
        )
    except (jwt.PyJWKClientConnectionError, ValueError) as error:  # no answer, or one that is no JSON
        msg = f"{platform.name} does not give its keys at this moment. Try again in a minute."
        raise PlatformError(msg) from error
    except jwt.PyJWTError as error:
        msg = f"{platform.name} has not signed this sign-in for this hub, or it is too old ({error}). Open the link in your course again."
        raise ForgedError(msg) from error
    if float(found["iat"]) < time.time() - OLDEST_S - LEEWAY_S:
        msg = "This sign-in is too old. Open the link in your course again."
        raise ForgedError(msg)
    if isinstance(found["aud"], list) and len(found["aud"]) > 1 and found.get("azp") != platform.client_id:
        msg = f"{platform.name} has signed this sign-in for another tool. Open the link in your course again."
        raise ForgedError(msg)
    if found.get(f"{CLAIM}deployment_id") not in platform.deployments:
        msg = f"This place in {platform.name} (deployment {text_of(found.get(f'{CLAIM}deployment_id'))!r}) is not one that this hub takes."
        raise ForgedError(msg)
    return found


def read(platform: Platform, claims: Mapping[str, Any]) -> Launch:
    """Read what a platform says of a launch, which `verified` has checked.

    Raises
    ------
    ForgedError
        If it says what no launch says.
    """
    context, linking = _part(claims, f"{CLAIM}context"), _part(claims, LINKING)
    kind, subject = text_of(claims.get(f"{CLAIM}message_type")), text_of(claims.get("sub"))
    roles = claims.get(f"{CLAIM}roles")
    if kind not in {LINK, CHOOSE} or claims.get(f"{CLAIM}version") != "1.3.0" or not subject or not isinstance(roles, list):
        msg = f"{platform.name} sends a launch that is not LTI 1.3 as it is known here. Tell whoever runs the hub."
        raise ForgedError(msg)
    return Launch(
        platform=platform,
        deployment=text_of(claims[f"{CLAIM}deployment_id"]),
        subject=subject,
        kind=kind,
        roles=in_course(roles),
        context=text_of(context.get("id")),
        title=text_of(context.get("title")) or text_of(context.get("label")),
        target=text_of(claims.get(f"{CLAIM}target_link_uri"), 2000),
        nonce=text_of(claims["nonce"]),
        expires=float(min(int(claims["exp"]), int(claims["iat"]) + OLDEST_S)),
        names_url=text_of(_part(claims, NAMES).get("context_memberships_url"), 2000),
        scores_url=text_of(_part(claims, SCORES).get("lineitems"), 2000),
        linking=linking,
    )


def in_course(roles: list[Any]) -> frozenset[str]:
    """Give what somebody is in the course itself, e.g. "Learner", of roles as the standard or its older short form writes them."""
    found = set()
    for role in map(text_of, roles):
        if role.startswith(f"{MEMBERSHIP}#"):
            found.add(role.partition("#")[2])
        elif role.startswith(f"{MEMBERSHIP}/"):
            found.add(role.removeprefix(f"{MEMBERSHIP}/").partition("#")[0])
        elif role and ":" not in role:
            found.add(role)
    return frozenset(found)


def _part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def text_of(value: object, limit: int = 255) -> str:
    """Give a text that a platform has sent; "" for what is none, is longer than `limit` characters, or cannot be kept."""
    return value if isinstance(value, str) and len(value) <= limit and not _UNKEPT.search(value) else ""
