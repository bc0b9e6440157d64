"""Tests: contract of the read models."""
