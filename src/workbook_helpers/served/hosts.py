"""By which names this machine is known, and whether a request names one of them."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache


def known_host(names: Sequence[str]) -> Callable[[str], bool]:
    """Give what tells whether a host of a request is ours: a name that was given, this machine's, or a plain address.

    Who has a browser ask for another name than ours, which leads here, is so refused; nobody can do that with an address.
    """
    own = socket.gethostname().lower()
    ours = {"localhost", own, own.partition(".")[0], f"{own.partition('.')[0]}.local", *(name.lower() for name in names)}

    @lru_cache(100)
    def known(host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
        if name.lower() in ours:
            return True
        with suppress(ValueError):
            ipaddress.ip_address(name.strip("[]"))
            return True
        return False

    return known


def is_loopback(address: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def own_addresses(address: str) -> list[str]:
    """Give by which addresses others on the network reach this machine."""
    if address not in ("0.0.0.0", "::", ""):  # noqa: S104  it is asked whether
        return [address]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; the system says which way it would go
            return [str(probe.getsockname()[0])]
        except OSError:
            return [socket.gethostname()]


def written(name: str) -> str:
    """Give a name or an address as it stands in a URL."""
    return f"[{name}]" if ":" in name else name
