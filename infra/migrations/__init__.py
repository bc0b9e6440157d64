"""Schema changes: they expand first and contract a release later, so that two releases can run side by side."""
