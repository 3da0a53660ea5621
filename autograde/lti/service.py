"""What a platform is asked for and told, machine to machine: a token for what is done, and one address that nothing is sent away from.

References
----------
LTI security framework, section 4 (https://www.imsglobal.org/spec/security/v1p0/#securing_web_services), checked 2026-11.
"""

import json
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from autograde.errors import ClassError
from autograde.text import printable
from workbook_helpers.lti.key import ToolKey
from workbook_helpers.lti.platforms import Platform, is_address

TIMEOUT_S = 20
MOST_BYTES = 5_000_000
MOST_PAGES = 200
LONGEST_S = 3600
"""For how long a token is used at most, whatever the platform says."""
LATER = frozenset({401, 408, 425, 429, *range(500, 600)})
"""Answers after which the same may succeed later; a token that is not taken is asked for anew."""
BUSY = frozenset({401, 429, 503})
"""Those of them that hold for whatever else is asked now."""
BETWEEN = frozenset({502, 504})
"""Those that something on the way gives which has got no answer itself."""


class AwayError(ClassError):
    """The platform does not answer, or not now: the same may succeed later.

    Attributes
    ----------
    whole
        Whether other things need not be asked for either.
    taken
        Whether the platform may have taken what it was told all the same.
    """

    def __init__(self, message: str, *, whole: bool = True, taken: bool = False) -> None:
        super().__init__(message)
        self.whole, self.taken = whole, taken


class DeniedError(ClassError):
    """The platform refuses, and will do so again.

    Attributes
    ----------
    status
        Its answer, as HTTP has it.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Service:
    """A platform's services, used in a `with` statement; a token is asked for once for each purpose while it lasts."""

    def __init__(self, platform: Platform, key: ToolKey) -> None:
        self._platform, self._key = platform, key
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._tokens: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def pages(self, address: str, *, scope: str, media: str) -> Iterator[Any]:
        """Give what stands at an address, page by page, as the platform names the next one.

        Raises
        ------
        AwayError, DeniedError
            As `ask`.
        ClassError
            If the platform leads to another place, or round and round.
        """
        start, seen = address, set[str]()
        while address:
            self.check(address)
            if address in seen or len(seen) >= MOST_PAGES or _origin(address) != _origin(start):
                msg = f"{self._platform.name} gives its list in a way that cannot be followed. Tell whoever runs it."
                raise ClassError(msg)
            seen.add(address)
            found, answer = self.ask("GET", address, scope=scope, accept=media)
            yield found
            address = _joined(address, answer.links["next"].get("url", "")) if "next" in answer.links else ""

    def check(self, address: str) -> None:
        """See that something may be asked of an address that the platform names; DeniedError if not."""
        if not is_address(address):
            msg = f"{self._platform.name} names an address that is not safe ({printable(address, 80)!r}). Tell whoever runs it."
            raise DeniedError(msg, 0)

    def ask(
        self, method: str, address: str, *, scope: str, accept: str = "", media: str = "", body: Mapping[str, Any] | None = None
    ) -> tuple[Any, httpx.Response]:
        """Ask, or tell; give what the answer says, None for nothing, and the answer itself.

        Raises
        ------
        AwayError
            If there is no answer, or none that holds.
        DeniedError
            If the platform refuses.
        """
        self.check(address)
        headers = {"Authorization": f"Bearer {self._token(scope)}", "Accept": accept or "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"], content = media, json.dumps(body, ensure_ascii=False).encode()
        answer = self._send(method, address, headers=headers, content=content)
        if answer.status_code == 401:
            self._tokens.pop(scope, None)
        self._refuse(answer, "what is asked for")
        if not answer.content:
            return None, answer
        return self._json(answer) if "json" in answer.headers.get("Content-Type", "") else None, answer

    def _token(self, scope: str) -> str:
        """Give a token for a purpose, signed for with the tool's key."""
        token, until = self._tokens.get(scope, ("", 0.0))
        if until > time.monotonic():
            return token
        where = self._platform.token_url
        claims = {"iss": self._platform.client_id, "sub": self._platform.client_id, "aud": self._platform.audience or where}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._key.sign(claims, lasts_s=60),
            "scope": scope,
        }
        try:
            answer = self._send("POST", where, data=form)
            self._refuse(answer, "a token")
            found = self._json(answer)
        except DeniedError as error:  # not this score or list, but the tool's registration: all waits until that is put right
            msg = f"{error} See that its page for this tool has the hub's JWKS address, and allows this service."
            raise AwayError(msg) from error
        except AwayError as error:  # whatever it is, nothing is had without a token, and nothing was told
            raise AwayError(str(error)) from error
        made, lasts = (found.get("access_token"), found.get("expires_in", 60)) if isinstance(found, dict) else ("", 0)
        if not isinstance(made, str) or not made or not made.isascii() or not isinstance(lasts, int | float):
            msg = f"{self._platform.name} gave no token. Tell whoever runs it."
            raise AwayError(msg)
        self._tokens[scope] = made, time.monotonic() + min(lasts, LONGEST_S) - 10
        return made

    def _send(self, method: str, address: str, **parts: Any) -> httpx.Response:
        try:
            with self._client.stream(method, address, **parts) as answer:
                read = b""
                for chunk in answer.iter_bytes():
                    read += chunk
                    if len(read) > MOST_BYTES:
                        msg = f"{self._platform.name} answers with more than {MOST_BYTES // 1_000_000} MB. Tell whoever runs it."
                        raise AwayError(msg, taken=True)
                return httpx.Response(answer.status_code, headers=_plain(answer.headers), content=read, request=answer.request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            msg = f"{self._platform.name} does not answer ({type(error).__name__})."
            raise AwayError(msg, taken=True) from error

    def _refuse(self, answer: httpx.Response, what: str) -> None:
        status = answer.status_code
        if status in LATER or 300 <= status < 400:
            msg = f"{self._platform.name} does not give {what} at this moment ({status})."
            raise AwayError(msg, whole=status in BUSY, taken=status in BETWEEN)
        if status >= 400:
            msg = f"{self._platform.name} refuses {what} ({status}: {_why(answer)})."
            raise DeniedError(msg, status)

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            msg = f"{self._platform.name} answers with what is no JSON."
            raise AwayError(msg, whole=False, taken=True) from error


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Give headers without those that say how the bytes were packed: they are unpacked by now."""
    return {name: value for name, value in headers.items() if name not in {"content-encoding", "content-length", "transfer-encoding"}}


def _why(answer: httpx.Response) -> str:
    """Give what an answer says of why, in one line."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = answer.text
    if isinstance(said, dict):
        said = next((said[name] for name in ("error_description", "reason", "message", "error") if isinstance(said.get(name), str)), "")
    return printable(" ".join(str(said).split()), 120) or "it does not say why"


def _joined(address: str, further: str) -> str:
    try:
        return urljoin(address, further)
    except ValueError:
        return further  # which is no address, and is told as none


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
