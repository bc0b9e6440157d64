"""A typed client with which a factory's systems post challenges."""
