"""Tests of the producers without services."""
