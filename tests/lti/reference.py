"""A reference platform: a small server that does what LTI 1.3 asks of a learning platform, and checks what the tool sends it.

It signs launches (RS256) and gives its public keys; gives tokens for signed requests; people in pages; columns and scores, of which it
keeps the newest by their time. What a test sets on it makes it behave otherwise.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from tests.conftest import free_port

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
CLIENT, DEPLOYMENT, CONTEXT = "tool-1", "7", "course-42"


def pair() -> RSAPrivateKey:
    """Make a pair of keys."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def member(subject: str, given: str = "", family: str = "", **more: Any) -> dict[str, Any]:
    """Make one of the course's people."""
    return {"user_id": subject, "roles": [LEARNER], "given_name": given, "family_name": family, **more}


@dataclass
class Reference:
    """The platform: what it has, what it was told, and how it misbehaves.

    Attributes
    ----------
    tool
        The tool's public keys, with which it checks what it is sent.
    answers
        Status codes that the next requests for scores get, instead of being taken.
    lost
        Where it takes a score but its answer does not arrive, what arrives instead: a status code, or 0 for nothing.
    """

    address: str
    key: RSAPrivateKey = field(default_factory=pair)
    tool: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    scores: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    lost: int | None = None
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    page: int = 2
    astray: str = ""

    def claims(self, **more: Any) -> dict[str, Any]:
        """Give what a launch says."""
        now = int(time.time())
        return {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "sub-ana",
            "iat": now,
            "exp": now + 300,
            "nonce": "",
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": DEPLOYMENT,
            f"{CLAIM}target_link_uri": "http://127.0.0.1/services/class-a/w01-small.html",
            f"{CLAIM}resource_link": {"id": "link-1"},
            f"{CLAIM}roles": [LEARNER],
            f"{CLAIM}context": {"id": CONTEXT, "title": "Care <level 2>", "label": "care"},
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {"context_memberships_url": f"{self.address}/people"},
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"lineitems": f"{self.address}/columns?kind=all", "scope": []},
            **more,
        }

    def sign(self, claims: dict[str, Any], key: Any = None, algorithm: str = "RS256", kid: str = "k1") -> str:
        """Sign a launch, with its own key where no other is given."""
        return jwt.encode(claims, self.key if key is None else key, algorithm=algorithm, headers={"kid": kid})

    def sent(self, asked: dict[str, list[str]]) -> bytes:
        """Give the page by which a browser takes whoever has signed in here, as `login_hint` says, to the tool."""
        token = self.sign(self.claims(sub=asked["login_hint"][0], nonce=asked["nonce"][0]))
        fields = "".join(f'<input name="{name}" value="{value}">' for name, value in (("id_token", token), ("state", asked["state"][0])))
        form = f'<form method="post" action="{asked["redirect_uri"][0]}">{fields}</form>'
        return f"<!doctype html>{form}<script>document.forms[0].submit()</script>".encode()

    def keys(self) -> dict[str, Any]:
        """Give the public keys."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "k1", "alg": "RS256", "use": "sig"}]}

    def token(self, form: dict[str, list[str]]) -> tuple[int, Any]:
        """Give a token, if the tool has signed the request, for this platform and just once."""
        raw = form["client_assertion"][0]
        kid = jwt.get_unverified_header(raw)["kid"]
        known = {one["kid"]: jwt.PyJWK(one) for one in self.tool["keys"]}
        if kid not in known:
            return 400, {"error": "invalid_client", "error_description": "this key is not known"}
        wanted: Any = {"require": ["exp", "iat", "jti"]}
        try:
            said = jwt.decode(raw, known[kid], algorithms=["RS256"], audience=f"{self.address}/token", options=wanted)
        except jwt.PyJWTError as error:
            return 400, {"error": "invalid_client", "error_description": str(error)}
        assert said["iss"] == said["sub"] == CLIENT
        assert said["jti"] not in self.used
        self.used.add(said["jti"])
        scope = form["scope"][0]
        self.tokens.add(made := f"t{len(self.used)} {scope}")
        return 200, {"access_token": made, "token_type": "Bearer", "expires_in": 3600, "scope": scope}

    def linked(self, answer: str) -> dict[str, Any]:
        """Take the answer of a deep link, if the tool has signed it for this platform and just once."""
        known = {one["kid"]: jwt.PyJWK(one) for one in self.tool["keys"]}
        key = known.get(jwt.get_unverified_header(answer).get("kid", ""), next(iter(known.values())))
        found: dict[str, Any] = jwt.decode(answer, key, algorithms=["RS256"], audience=self.address)
        assert found["nonce"] not in self.used, "an answer counts once"
        self.used.add(found["nonce"])
        return found

    def score(self, column: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Take a score, unless there is one of this time or of a later one."""
        at = datetime.fromisoformat(body["timestamp"])
        assert at.tzinfo
        assert "." in body["timestamp"]
        assert (body["gradingProgress"] == "FullyGraded") == ("scoreGiven" in body)
        if body["userId"] not in {one["user_id"] for one in self.people}:
            return 404, {"reason": "User is not in the course"}
        before = self.scores.setdefault(column, {}).get(body["userId"])
        if before and datetime.fromisoformat(before["timestamp"]) >= at:
            return 409, {"reason": "Refusing score with an earlier timestamp"}
        self.scores[column][body["userId"]] = body
        self.told.append(body)
        return 200, None


@contextmanager
def running() -> Iterator[Reference]:
    """Run one."""
    port = free_port()
    reference = Reference(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            reference.asked.append(f"{self.command} {parts.path}")
            status, found, more = self._route(parts.path, parse_qs(parts.query), body)
            if status == 0:  # the answer is lost on its way
                self.close_connection = True
                return
            raw = found if isinstance(found, bytes) else b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", more.pop("type", "application/json"))
            self.send_header("Content-Length", str(len(raw)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def _route(self, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any, dict[str, str]]:
            if path == "/jwks":
                return 200, reference.keys(), {}
            if path == "/auth":
                return 200, reference.sent(query), {"type": "text/html"}
            if path == "/token":
                return *reference.token(parse_qs(body.decode())), {}
            scopes = {"/people": "contextmembership.readonly", "/columns": "lineitem"}
            scope = scopes.get(path, "score")
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in reference.tokens or not token.endswith(f"/{scope}"):
                return 401, {"error": "invalid_token"}, {}
            if path == "/people":
                start = int(query.get("from", ["0"])[0])
                more = {"type": "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"}
                if start + reference.page < len(reference.people):
                    more["Link"] = f'<{reference.astray or reference.address}/people?from={start + reference.page}>; rel="next"'
                return 200, {"id": "x", "members": reference.people[start : start + reference.page]}, more
            if path == "/columns" and self.command == "GET":
                assert query["kind"] == ["all"]
                found = [one for one in reference.columns if one.get("resourceId") == query["resource_id"][0]]
                return 200, found, {"type": "application/vnd.ims.lis.v2.lineitemcontainer+json"}
            if path == "/columns":
                made = json.loads(body) | {"id": f"{reference.address}/columns/{len(reference.columns) + 1}?type=lti"}
                reference.columns.append(made)
                return 201, made, {"type": "application/vnd.ims.lis.v2.lineitem+json"}
            assert path.endswith("/scores")
            assert query == {"type": ["lti"]}
            assert self.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
            if reference.answers:
                return reference.answers.pop(0), {"error": "not now"}, {}
            status, found = reference.score(path.split("/")[2], json.loads(body))
            return (status if reference.lost is None else reference.lost), found, {}

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield reference
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
