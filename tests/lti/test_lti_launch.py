"""A launch counts where its platform has signed it for this tool just now, and in no other case."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from tests.lti.reference import CLAIM, CONTEXT, Reference, pair
from workbook_helpers.lti import sign_in
from workbook_helpers.lti.contexts import keep_offer, read_offer
from workbook_helpers.lti.key import FILE, make_key, read_key
from workbook_helpers.lti.launch import NAMES, OLDEST_S, SCORES, ForgedError, Launch, in_course, read, signing_keys, verified
from workbook_helpers.lti.platforms import Platform, PlatformError, hub_name, is_address, is_hub_name, read_settings
from workbook_helpers.lti.sign_in import Doorkeeper, landing

Token = Callable[[Reference], str]
STRANGER = pair()


def public(reference: Reference) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return reference.key.public_key().public_bytes(serialization.Encoding.PEM, form)


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes = b"") -> str:
    """Make a token as somebody does who is kept from it by no library."""
    import base64
    import hashlib
    import hmac

    def coded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    said = f"{coded(json.dumps(header).encode())}.{coded(json.dumps(claims).encode())}"
    return f"{said}.{coded(hmac.new(secret, said.encode(), hashlib.sha256).digest()) if secret else ''}"


def check(college: Path, token: str) -> Launch:
    platform = read_settings(college).platforms[0]
    return read(platform, verified(platform, token, signing_keys(platform)))


def test_what_the_platform_has_signed_is_read(college: Path, platform: Reference) -> None:
    found = check(college, platform.sign(platform.claims(nonce="n")))
    assert (found.subject, found.context, found.title) == ("sub-ana", CONTEXT, "Care <level 2>")
    assert found.roles == {"Learner"}
    assert not found.teaches
    assert found.names_url == f"{platform.address}/people"
    assert found.scores_url == f"{platform.address}/columns?kind=all"


def test_what_cannot_be_kept_of_a_launch_is_left_out(college: Path, platform: Reference) -> None:
    odd = {"exp": 10**400, NAMES: {"context_memberships_url": "https://x.example\ud800/a"}, SCORES: {"lineitems": "https://x.example\0/a"}}
    launch = check(
        college, platform.sign(platform.claims(nonce="n", **{f"{CLAIM}context": {"id": CONTEXT, "title": "Care \ud83d"}}, **odd))
    )
    assert launch.expires < time.time() + OLDEST_S + 1  # from when on it is too old, whatever it says itself
    course = read_settings(college).of("a")
    keep_offer(college, course, launch)
    kept = read_offer(college, course)
    assert (kept.title, kept.names_url, kept.scores_url) == ("", "", "")


FORGED: dict[str, Token] = {
    "expired": lambda p: p.sign(p.claims(nonce="n", iat=int(time.time()) - 500, exp=int(time.time()) - 60)),
    "signed long ago": lambda p: p.sign(p.claims(nonce="n", iat=int(time.time()) - 3600)),
    "of the future": lambda p: p.sign(p.claims(nonce="n", iat=int(time.time()) + 3600, exp=int(time.time()) + 7200)),
    "without an end": lambda p: p.sign({name: value for name, value in p.claims(nonce="n").items() if name != "exp"}),
    "signed by another": lambda p: p.sign(p.claims(nonce="n"), STRANGER),
    "by a key that is not known": lambda p: p.sign(p.claims(nonce="n"), STRANGER, kid="k2"),
    "for another tool": lambda p: p.sign(p.claims(nonce="n", aud="tool-2")),
    "for several, this one not the one": lambda p: p.sign(p.claims(nonce="n", aud=["tool-1", "tool-2"], azp="tool-2")),
    "by another platform": lambda p: p.sign(p.claims(nonce="n", iss="https://other.example.ac.uk")),
    "of another deployment": lambda p: p.sign(p.claims(nonce="n", **{f"{CLAIM}deployment_id": "8"})),
    "of no deployment": lambda p: p.sign(p.claims(nonce="n", **{f"{CLAIM}deployment_id": None})),
    "not signed": lambda p: by_hand({"alg": "none", "kid": "k1"}, p.claims(nonce="n")),
    "not signed, in capitals": lambda p: by_hand({"alg": "NONE", "kid": "k1"}, p.claims(nonce="n")),
    "by the public key as a secret": lambda p: by_hand({"alg": "HS256", "kid": "k1", "typ": "JWT"}, p.claims(nonce="n"), public(p)),
    "with its own key in it": lambda p: jwt.encode(
        p.claims(nonce="n"),
        STRANGER,
        algorithm="RS256",
        headers={"kid": "k2", "jwk": jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True)},
    ),
    "changed afterwards": lambda p: _changed(p.sign(p.claims(nonce="n")), p),
    "of nobody": lambda p: p.sign(p.claims(nonce="n", sub="")),
    "of somebody whose name is cut in two": lambda p: p.sign(p.claims(nonce="n", sub="sub-\ud83d")),
    "of somebody whose name no database takes": lambda p: p.sign(p.claims(nonce="n", sub="sub-\0")),
    "without a nonce": lambda p: p.sign({name: value for name, value in p.claims().items() if name != "nonce"}),
    "of another version": lambda p: p.sign(p.claims(nonce="n", **{f"{CLAIM}version": "1.1"})),
    "of another kind": lambda p: p.sign(p.claims(nonce="n", **{f"{CLAIM}message_type": "LtiSubmissionReviewRequest"})),
    "no token": lambda _: "a.b.c",
    "nothing": lambda _: "",
    "a header that is a list": lambda _: "W10.W10.W10",
    "a key's name that is a number": lambda p: by_hand({"alg": "RS256", "kid": 1}, p.claims(nonce="n")),
}


def _changed(token: str, reference: Reference) -> str:
    head, _, sign = token.split(".")
    return f"{head}.{reference.sign(reference.claims(nonce='n', sub='sub-ben'), STRANGER).split('.')[1]}.{sign}"


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_what_is_not_so_is_refused(token: Token, college: Path, platform: Reference) -> None:
    with pytest.raises(ForgedError):
        check(college, token(platform))


def test_keys_that_cannot_be_had_are_no_forgery(college: Path, platform: Reference) -> None:
    token = platform.sign(platform.claims(nonce="n"))
    away = read_settings(college).platforms[0].model_copy(update={"jwks_url": "http://127.0.0.1:9/jwks"})
    with pytest.raises(PlatformError, match="does not give its keys") as told:
        verified(away, token, signing_keys(away))
    assert not isinstance(told.value, ForgedError)


def test_a_launch_counts_once(college: Path, platform: Reference) -> None:
    keeper = Doorkeeper(college)
    launch = check(college, platform.sign(platform.claims(nonce="n1")))
    keeper.once(launch)
    with pytest.raises(ForgedError, match="used before"):
        keeper.once(launch)
    keeper.once(check(college, platform.sign(platform.claims(nonce="n2"))))


def test_who_was_sent_comes_once_and_soon(college: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Doorkeeper(college)
    key = keeper.keep("lti-x", "/services/class-a/")
    assert keeper.take(key) == ("lti-x", "/services/class-a/")
    monkeypatch.setattr(sign_in, "MOST_SENT", 2)
    several = [keeper.keep(name, "/") for name in ("ana", "ben", "cai")]
    assert [keeper.take(one)[0] for one in several[1:]] == ["ben", "cai"]
    monkeypatch.setattr(sign_in, "SENT_S", 0)
    for refused in (key, several[0], keeper.keep("late", "/"), "", "x"):
        with pytest.raises(ForgedError, match="Open the link in your course again"):
            keeper.take(refused)


def test_a_name_on_the_hub_is_the_same_each_time_and_tells_nobody_who_it_is() -> None:
    name = hub_name("https://a.example", "ana@example.org")
    assert name == hub_name("https://a.example", "ana@example.org")
    assert is_hub_name(name)
    assert "ana" not in name
    assert len({name, hub_name("https://b.example", "ana@example.org"), hub_name("https://a.example", "ben")}) == 3
    assert not is_hub_name("lti-ana")


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"], {"Learner"}),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"], {"Instructor"}),
        (["Learner"], {"Learner"}),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor", 7, None], set()),
        (["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"], set()),
    ],
)
def test_a_role_counts_where_it_is_one_in_the_course(roles: list[Any], found: set[str]) -> None:
    assert in_course(roles) == found


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("https://hub.example.ac.uk/services/class-a/w01-small.html", "/services/class-a/hub-login?next=w01-small.html"),
        ("https://evil.example/services/class-a/w01-small.html", "/services/class-a/hub-login?next=w01-small.html"),
        ("https://hub.example.ac.uk/services/class-a/", "/services/class-a/hub-login"),
        ("https://hub.example.ac.uk/services/class-b/w01-small.html", "/services/class-a/hub-login"),
        ("https://hub.example.ac.uk/services/class-a/../class-b/w01.html", "/services/class-a/hub-login"),
        ("https://hub.example.ac.uk/services/class-a/%2e%2e/class-b/w01.html", "/services/class-a/hub-login"),
        ("https://hub.example.ac.uk/services/class-a//evil.example/x.html", "/services/class-a/hub-login"),
        ("javascript:alert(1)", "/services/class-a/hub-login"),
        ("https://[x", "/services/class-a/hub-login"),
        ("", "/services/class-a/hub-login"),
    ],
)
def test_a_launch_leads_into_its_own_class_and_nowhere_else(target: str, leads: str, college: Path) -> None:
    assert landing(read_settings(college).of("a"), target) == leads


@pytest.mark.parametrize(
    "text",
    [
        "http://hub.example.ac.uk",
        "https://u:p@x.example",
        "file:///etc",
        "https://x;y",
        "https://[",
        "",
        "https://é.example",
        "https://x:99999999/a",
        "https://x/\0",
    ],
)
def test_what_anybody_could_read_or_change_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("https://hub", "http://hub", "address: is no address that begins with https://"),
        ('client_id = "tool-1"', "", "platforms.1.client_id"),
        ('deployments = ["7"]', "deployments = []", "platforms.1.deployments"),
        ("[[courses]]", "[[courses]]\nsecret = 1", "courses.1.secret"),
        ("[[platforms]]", "[[platforms]", "cannot be read"),
    ],
)
def test_a_slip_in_the_settings_is_told(before: str, after: str, told: str, college: Path) -> None:
    file = college / "lti.toml"
    file.write_text(file.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(PlatformError, match=told.replace(".", r"\.")):
        read_settings(college)


def test_a_platform_is_known_by_issuer_and_client(college: Path, platform: Reference) -> None:
    settings = read_settings(college)
    assert settings.platform(platform.address, "tool-1") == settings.platform(platform.address)
    for issuer, client in ((platform.address, "tool-2"), ("https://other.example", "")):
        with pytest.raises(PlatformError, match="none of them is registered"):
            settings.platform(issuer, client)
    other: Platform = settings.platforms[0].model_copy(update={"client_id": "tool-2"})
    two = settings.model_copy(update={"platforms": (*settings.platforms, other)})
    with pytest.raises(PlatformError, match="which of them is not said"):
        two.platform(platform.address)
    assert two.platform(platform.address, "tool-2") == other


SECOND = """
[[platforms]]
name = "Moodle, for the evening school"
issuer = "{address}"
client_id = "tool-2"
deployments = ["7", "8"]
authorize_url = "{address}/auth"
token_url = "{address}/token"
jwks_url = "{address}/jwks{more}"
[[courses]]
id = "b"
issuer = "{address}"
client_id = "tool-2"
context = "{context}"
served = "/srv/b"
{deployment}
"""


def two_of_one(college: Path, platform: Reference, *, of_first: str = 'client_id = "tool-1"', deployment: str = "", more: str = "") -> Path:
    """Add a second registration of the platform to the college's folder, with a course of the same id."""
    file = college / "lti.toml"
    first = file.read_text("utf-8").replace('id = "a"', f'id = "a"\n{of_first}')
    file.write_text(first + SECOND.format(address=platform.address, context=CONTEXT, deployment=deployment, more=more), "utf-8")
    return college


def test_two_registrations_of_one_platform_have_courses_of_their_own(college: Path, platform: Reference) -> None:
    settings = read_settings(two_of_one(college, platform))
    first, second = settings.platforms
    assert [settings.registration(settings.of(name)) for name in ("a", "b")] == [first, second]
    assert [one and one.id for one in (settings.course(first, "7", CONTEXT), settings.course(second, "8", CONTEXT))] == ["a", "b"]
    assert first.realm == second.realm, "who comes by one of them is the same person by the other"
    keys, token = signing_keys(first), platform.sign(platform.claims(nonce="n"))
    assert read(first, verified(first, token, keys)).platform == first
    with pytest.raises(ForgedError):  # what was signed for one of them is none for the other
        verified(second, token, keys)
    with pytest.raises(ForgedError):
        verified(first, platform.sign(platform.claims(nonce="n", **{f"{CLAIM}deployment_id": "8"})), keys)


def test_a_course_of_one_deployment_is_none_of_another(college: Path, platform: Reference) -> None:
    settings = read_settings(two_of_one(college, platform, deployment='deployment = "8"'))
    assert settings.course(settings.platforms[1], "7", CONTEXT) is None


def test_who_comes_by_other_keys_is_nobody_of_the_first(college: Path, platform: Reference) -> None:
    file = two_of_one(college, platform, more="/own") / "lti.toml"
    with pytest.raises(PlatformError, match="each could send people as the other’s"):
        read_settings(college)
    file.write_text(file.read_text("utf-8").replace("/jwks/own", '/jwks/own"\npeople = "evening'), "utf-8")
    first, second = read_settings(college).platforms
    assert hub_name(first.realm, "sub-ana") != hub_name(second.realm, "sub-ana")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"of_first": ""}, "give its client_id, too, since several have this issuer"),
        ({"of_first": 'client_id = "tool-3"'}, "none has this issuer and client_id"),
        ({"of_first": 'client_id = "tool-2"'}, "'a' and 'b' are of one course of the platform"),
        ({"of_first": 'client_id = "tool-2"', "deployment": 'deployment = "8"'}, "'a' and 'b' are of one course of the platform"),
        ({"deployment": 'deployment = "9"'}, "which its platform does not have"),
    ],
)
def test_a_course_that_could_be_of_two_registrations_is_told(more: dict[str, str], told: str, college: Path, platform: Reference) -> None:
    with pytest.raises(PlatformError, match=told):
        read_settings(two_of_one(college, platform, **more))


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = make_key(tmp_path / "lti")
    assert make_key(tmp_path / "lti").id == key.id == read_key(tmp_path / "lti").id
    assert set(key.public()["keys"][0]) >= {"n", "e", "kid", "alg", "use"}
    assert not {"d", "p", "q"} & set(key.public()["keys"][0])
    if os.name == "posix":
        assert (tmp_path / "lti" / FILE).stat().st_mode & 0o777 == 0o600
        (tmp_path / "lti" / FILE).chmod(0o640)
        with pytest.raises(PlatformError, match="may be read by others"):
            read_key(tmp_path / "lti")
