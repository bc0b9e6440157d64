"""The API on both kinds of database."""
