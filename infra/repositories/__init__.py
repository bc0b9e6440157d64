"""Aggregates as rows, one module per aggregate."""
