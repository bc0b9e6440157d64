"""The application over a small market."""

from tests.serving import catalogue, quick_passwords, serving, settings

__all__ = ["catalogue", "quick_passwords", "serving", "settings"]
