"""Asynchronous tests still run after a module that used the browser."""

import asyncio


async def test_the_event_loop_is_free() -> None:
    assert asyncio.get_running_loop().is_running()
