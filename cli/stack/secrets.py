"""Secrets of the local stack: made once, kept in files that only their owner can read."""

from __future__ import annotations

import base64
import json
import os
import secrets as random
from dataclasses import asdict, dataclass
from pathlib import Path

from common.errors import Misconfigured

# RFC 7518 section 3.2 asks for a key as long as the hash; Airflow signs with HS512, whose hash has 64 bytes.
JWT_BYTES = 64
# Fernet keys are 32 bytes in URL-safe base64, by the Fernet specification.
FERNET_BYTES = 32
# 128 bits can't be guessed, and 22 characters can still be typed.
PASSWORD_BYTES = 16
USER = "admin"


@dataclass(frozen=True)
class Secrets:
    """Keys shared by the components, and the password of the one user."""

    fernet_key: str
    jwt_secret: str
    api_secret: str
    password: str

    def __repr__(self) -> str:
        return "Secrets(***)"


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; it has mode 0600 from its first moment on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)


def make() -> Secrets:
    """Fresh secrets from the system's random source."""
    return Secrets(
        fernet_key=base64.urlsafe_b64encode(random.token_bytes(FERNET_BYTES)).decode(),
        jwt_secret=random.token_urlsafe(JWT_BYTES),
        api_secret=random.token_urlsafe(JWT_BYTES),
        password=random.token_urlsafe(PASSWORD_BYTES),
    )


def keep(home: Path) -> Secrets:
    """The secrets of this Airflow home, made at the first call.

    Raises:
        Misconfigured: the file exists but can't be used.
    """
    path = home / "secrets.json"
    if not path.exists():
        write_private(path, json.dumps(asdict(make()), indent=2))
    path.chmod(0o600)
    try:
        return Secrets(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise Misconfigured(f"{path} is damaged; put its backup in place, or delete it and Airflow's database with it.") from error


def write_sign_in(home: Path, secrets: Secrets, url: str) -> Path:
    """Write Airflow's password file and `credentials.json` (for people and scripts); the path of the latter."""
    write_private(home / "passwords.json", json.dumps({USER: secrets.password}))
    path = home / "credentials.json"
    write_private(path, json.dumps({"username": USER, "password": secrets.password, "url": url}, indent=2))
    return path
