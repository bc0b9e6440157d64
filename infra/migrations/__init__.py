"""Schema changes: expand first, contract a release later, so that two releases can run side by side."""
