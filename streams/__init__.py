"""Processors and the two hosts that run them."""
