"""Figures, measured beside a peer in one run."""
