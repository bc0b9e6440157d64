"""The modules of REST v1, in the order of the documentation."""

from collections.abc import Sequence

from fastapi import APIRouter

ROUTERS: Sequence[APIRouter] = ()
"""All of them below `/api/v1`."""
