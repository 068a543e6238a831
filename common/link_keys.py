"""The key in a mailed link: the clinic's code, a dash, and a token that is kept nowhere but as its hash."""

import base64
import hashlib
import re

from django.utils.crypto import salted_hmac

TOKEN_BYTES = 20  # 160 bits
_KEY = re.compile(r"(?P<code>[a-z0-9]{4,12})-(?P<token>[A-Za-z0-9_-]{20,64})", re.ASCII)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def token_of(purpose: str, subject: str) -> str:
    """An HMAC of the subject under the site's secret: writing the same letter again writes the same token."""
    digest = salted_hmac(purpose, subject, algorithm="sha256").digest()[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def parts_of(key: str) -> tuple[str, str] | None:
    """Return (clinic's link code, token) of what stands in a link, or None when it cannot be one."""
    match = _KEY.fullmatch(key)
    return (match["code"], match["token"]) if match else None
