"""Processors and what runs them, on both databases."""
