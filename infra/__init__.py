"""Adapters of the domain's ports: tables, repositories, read models, files, settings."""
