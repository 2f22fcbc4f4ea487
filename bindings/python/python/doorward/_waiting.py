"""Waiting without holding up an event loop, be it asyncio's or Trio's."""

import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any


def in_trio() -> bool:
    """Whether the event loop of this thread is Trio's."""
    trio: Any = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def in_event_loop() -> bool:
    """Whether this thread runs an event loop."""
    asyncio: Any = sys.modules.get("asyncio")
    if in_trio():
        return True
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def settle(future: Future[None], timeout: float) -> None:
    """Waits until the future is done, or the time is over; whatever came out of it is left in it."""
    wait([future], timeout)


async def asettle(future: Future[None], timeout: float) -> None:
    """The same in an event loop, which goes on meanwhile."""
    if in_trio():
        import trio

        event, token = trio.Event(), trio.lowlevel.current_trio_token()

        def wake(_: object) -> None:
            with suppress(trio.RunFinishedError):
                token.run_sync_soon(event.set)

        future.add_done_callback(wake)
        with trio.move_on_after(timeout):
            await event.wait()
    else:
        import asyncio

        # The future runs already, so that a request that is cancelled does not cancel it for the others.
        wrapped = asyncio.wrap_future(future)
        try:
            await asyncio.wait([wrapped], timeout=timeout)
        finally:
            # What comes later is not told to a loop that may be closed by then.
            wrapped.cancel()


async def apause(seconds: float) -> None:
    """Sleeps."""
    if in_trio():
        import trio

        await trio.sleep(seconds)
    else:
        import asyncio

        await asyncio.sleep(seconds)


def spawn(run: Callable[[], Coroutine[Any, Any, None]]) -> Any:
    """Runs a coroutine function in the loop of this thread, beside the request. The task is to be held."""
    if in_trio():
        import trio

        trio.lowlevel.spawn_system_task(run)
        return None
    import asyncio

    return asyncio.get_running_loop().create_task(run())


def run_to_end(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a coroutine function in a loop of its own."""
    import asyncio

    asyncio.run(run())
