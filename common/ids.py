"""Deterministic keys: the same natural key gives the same id on every machine and in every run."""

from __future__ import annotations

import hashlib
import uuid

# A namespace of our own (RFC 9562 section 5.5: name-based UUID, version 5); changing it would change every key.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "consilience.invalid")


def key(kind: str, *parts: str | int) -> uuid.UUID:
    """UUIDv5 of a natural key; `kind` keeps equal parts of different kinds apart.

    >>> key("article", "https://a.example/1") == key("article", "https://a.example/1")
    True
    """
    return uuid.uuid5(NAMESPACE, "\x1f".join([kind, *map(str, parts)]))


def sha256(data: bytes | str) -> str:
    """Hex SHA-256 of bytes or of UTF-8 text (lone surrogates are kept apart by `surrogatepass`)."""
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()
