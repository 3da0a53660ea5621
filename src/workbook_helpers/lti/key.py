"""The tool's pair of keys: made once, the private one for the hub's and the desk's account alone, the public one for every platform."""

import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from workbook_helpers.files import read_file, write_file
from workbook_helpers.lti.platforms import PlatformError

FILE = "tool-key.pem"
BITS = 2048
MAX_BYTES = 20_000
ALGORITHM = "RS256"
"""The one that LTI asks for (https://www.imsglobal.org/spec/security/v1p0/#approved-jwt-signing-algorithms, checked 2026-11)."""


@dataclass(frozen=True)
class ToolKey:
    """The tool's key."""

    private: RSAPrivateKey

    @cached_property
    def id(self) -> str:
        """What tells this key from an earlier one: the beginning of its digest."""
        public = self.private.public_key()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
        return digest.finalize().hex()[:16]

    def public(self) -> dict[str, Any]:
        """Give the set of public keys (JWKS) that platforms fetch."""
        key: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{**key, "key_ops": ["verify"], "use": "sig", "alg": ALGORITHM, "kid": self.id}]}

    def sign(self, claims: Mapping[str, Any], *, lasts_s: int) -> str:
        """Sign a message that can be used once, from now on for so many seconds."""
        now = int(time.time())
        once = uuid.uuid4().hex
        whole = {"iat": now, "exp": now + lasts_s, "jti": once, "nonce": once, **claims}
        return jwt.encode(whole, self.private, algorithm=ALGORITHM, headers={"kid": self.id})


def make_key(folder: Path) -> ToolKey:
    """Make the pair, which its owner alone may read; one that is there stays.

    Raises
    ------
    PlatformError
        If it cannot be written, or what is there cannot be used.
    """
    path = folder / FILE
    if not path.exists():
        private = generate_private_key(public_exponent=65537, key_size=BITS)
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            write_file(path, private.private_bytes(serialization.Encoding.PEM, *form), mode=0o600)
        except OSError as error:
            msg = f"{path} cannot be written ({error.strerror}). See that you may write there, then run this again."
            raise PlatformError(msg) from error
    return read_key(folder)


def read_key(folder: Path) -> ToolKey:
    """Read the tool's key.

    Raises
    ------
    PlatformError
        If it is not there or is none, or others may read it.
    """
    path = folder / FILE
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            msg = f"{path} may be read by others. Mend it: chmod 600 {path}"
            raise PlatformError(msg)
        content = read_file(path, MAX_BYTES)  # our own: to prove the numbers of it prime takes a tenth of a second each time
        found = serialization.load_pem_private_key(content, password=None, unsafe_skip_rsa_key_validation=True)
    except FileNotFoundError as error:
        msg = f"There is no {path}. Make it: autograde lti key {folder}"
        raise PlatformError(msg) from error
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). The hub's and the desk's account need it, and nobody else."
        raise PlatformError(msg) from error
    except (ValueError, TypeError) as error:
        msg = f"{path} is no key without a password. Take it away, then run: autograde lti key {folder}"
        raise PlatformError(msg) from error
    if not isinstance(found, RSAPrivateKey) or found.key_size < BITS:
        msg = f"{path} is no RSA key of {BITS} bits or more. Take it away, then run: autograde lti key {folder}"
        raise PlatformError(msg)
    return ToolKey(found)
