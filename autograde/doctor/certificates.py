"""Whether the certificate of an address is of this day and of its name, and whether browsers take it."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from autograde.doctor.finding import Finding
from autograde.text import local

WAIT_S = 3
SOON = timedelta(days=14)
"""Before its end a certificate is renewed: programs that do so by themselves begin thirty days before."""


def certificate(address: str) -> Iterator[Finding]:
    """Ask an address that begins with https:// for its certificate, and tell what is wrong with it."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 443
    try:
        found = x509.load_der_x509_certificate(_presented(host, port))
    except (OSError, ValueError) as error:
        yield Finding(
            text=f"{address} shows no certificate ({error}). See that the service or proxy runs, and has its certificate and key."
        )
        return
    wrong = list(_faults(found, host, address, datetime.now(UTC)))
    yield from wrong
    if not wrong and (why := _refused(host, port)):
        yield Finding(
            text=f"Browsers warn of the certificate of {address} ({why}). Get one from an authority that they know, such as Let's Encrypt.",
            must=False,
        )


def _presented(host: str, port: int) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is looked at here, whatever is wrong with it
    with socket.create_connection((host, port), timeout=WAIT_S) as raw, context.wrap_socket(raw, server_hostname=host) as wrapped:
        return wrapped.getpeercert(binary_form=True) or b""


def _faults(found: x509.Certificate, host: str, address: str, now: datetime) -> Iterator[Finding]:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    if now < begins:
        yield Finding(text=f"The certificate of {address} begins on {local(begins)}, and it is {local(now)}. See that the clock is right.")
    elif now > ends:
        yield Finding(text=f"The certificate of {address} ended on {local(ends)}. Renew it, then start what serves it again.")
    elif now > ends - SOON:
        yield Finding(text=f"The certificate of {address} ends on {local(ends)}. Renew it before that day.", must=False)
    names = _names(found)
    if not any(_is_for(name, host) for name in names):
        yield Finding(text=f"The certificate of {address} is for {', '.join(names[:5]) or 'no name'}. Get one for {host}.")


def _names(found: x509.Certificate) -> list[str]:
    try:
        held = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return []
    return (
        [str(name.value) for name in held if isinstance(name, x509.DNSName | x509.IPAddress)]
        if isinstance(held, x509.SubjectAlternativeName)
        else []
    )


def _is_for(name: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        first, _, rest = host.lower().partition(".")
        return name.lower() == host.lower() or (name.startswith("*.") and bool(first) and name[2:].lower() == rest)


def _refused(host: str, port: int) -> str:
    """Say why a browser would not take the certificate; "" where it would."""
    context = ssl.create_default_context()
    try:
        with socket.create_connection((host, port), timeout=WAIT_S) as raw, context.wrap_socket(raw, server_hostname=host):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError:
        return ""  # it has answered before: what is wrong now is not the certificate
