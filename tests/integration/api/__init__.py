"""The API's edges, on one kind of database."""
