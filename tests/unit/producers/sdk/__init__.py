"""Tests: the SDK."""
