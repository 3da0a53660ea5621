"""Whether what serves students runs and answers: a class's own service, and a college's hub with its proxy."""

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from autograde.classes.asking import lives
from autograde.classes.college import College
from autograde.classes.folder import Course
from autograde.classes.served import RUNNING, is_served, served_folder, service_of
from autograde.doctor.certificates import WAIT_S, certificate
from autograde.doctor.finding import Finding, Looked, looked
from autograde.doctor.rights import homes, secret

AGAIN = "autograde live"
HUB = "sudo systemctl restart workbook-hub"
"""Starts the hub, with its proxy and services, where deploy/hub/install.sh has set it up."""


def service(course: Course) -> Looked:
    """Look at the service of a class, where it has been opened for its learners."""
    path, found = served_folder(course) / RUNNING, service_of(course)
    if not is_served(course):
        return looked("service", "the class was never opened for students")
    if not found:
        broken = [Finding(text=f"{path} cannot be read. Start the service again: {AGAIN}")] if path.exists() else []
        return looked("service", "not running", broken)
    again = HUB if found.hub else AGAIN
    if not lives(found.pid):
        gone = f"its process {found.pid} is gone. Students reach nothing; what was saved is kept. Start it again: {again}"
        return looked("service", "gone", [Finding(text=f"{path} says that the service runs, and {gone}")])
    if not answers(found.address):
        ended = HUB if found.hub else f"{AGAIN} --stop, then {AGAIN}"
        return looked("service", "silent", [Finding(text=f"The service at {found.address} (process {found.pid}) does not answer: {ended}")])
    secure = [one for one in (found.address, *found.addresses) if one.startswith("https:")]
    return looked("service", ", ".join((found.address, *found.addresses)), [one for address in secure[-1:] for one in certificate(address)])


def hub(college: College, state: Path) -> Looked:
    """Look at a college's hub: its proxy, itself, each course's service, its certificate and what is secret.

    Parameters
    ----------
    state
        The hub's own folder.
    """
    return looked("hub", f"{college.address}, {len(college.courses)} courses", _hub(college, state))


def _hub(college: College, state: Path) -> Iterator[Finding]:
    own, proxy = (f"http://127.0.0.1:{port}" for port in (college.first_port, college.first_port + 1))
    runs = {"hub": answers(f"{own}/hub/api/"), "proxy": answers(f"{proxy}/api/routes")}
    for name, port in (("hub", college.first_port), ("proxy", college.first_port + 1)):
        if not runs[name]:
            yield Finding(
                text=f"The {name} does not answer at 127.0.0.1:{port}. Start it again: {HUB}; why it ended: journalctl -u workbook-hub"
            )
    if all(runs.values()):
        yield from _public(college)
    for path in (state / "jupyterhub_cookie_secret", *filter(None, [college.key])):
        with suppress(PermissionError):  # whoever may not look in there is not one who could read it
            yield from secret(path)
    if any(course.lab for course in college.courses):
        yield from homes(_homes())


def _public(college: College) -> Iterator[Finding]:
    if college.address.startswith("https:"):
        yield from certificate(college.address)
    code = answers(f"{college.address}/hub/api/")
    if not code or code >= 500:
        host = urlsplit(college.address).hostname
        yield Finding(
            text=f"{college.address} gives no answer of the hub ({code or 'none'}). See that {host} leads to this machine and its proxy."
        )
        return
    for course in college.courses:
        code = answers(f"{college.address}/services/class-{course.id}/")
        if not code or code >= 500 or code == 404:
            yield Finding(text=f"The service of {course.name} does not answer ({code or 'none'}). The hub starts it again: {HUB}")


def answers(address: str) -> int:
    """Give the code of whatever answers at an address, 0 for nobody."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a certificate is looked at by itself
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _Stays)
    try:
        with opener.open(address, timeout=WAIT_S) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, ValueError):
        return 0


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing: that a page to sign in is named is answer enough."""

    def redirect_request(self, *_: object) -> None:
        return None


def _homes() -> Iterator[Path]:
    """Give the homes of the people of this machine."""
    import pwd

    for one in pwd.getpwall():
        if 1000 <= one.pw_uid < 60000 and one.pw_dir.count("/") > 1:
            yield Path(one.pw_dir)
