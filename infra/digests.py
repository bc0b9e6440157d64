"""How secrets of 256 random bits are kept: for these SHA-256 is enough, and quick."""

from hashlib import sha256


def digest(secret: str) -> str:
    """Under what a session or a token is kept."""
    return sha256(secret.encode()).hexdigest()
