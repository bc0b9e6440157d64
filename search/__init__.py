"""The catalogue as a projection: one interface, two backends."""
