"""Waiting without holding up an event loop, be it asyncio's or Trio's."""

import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import copy_context
from typing import Any


def in_trio() -> bool:
    """Whether the event loop of this thread is Trio's."""
    trio: Any = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def running_loop() -> Any:
    """The event loop of this thread, which for Trio is its token; None if it runs none."""
    if in_trio():
        import trio

        return trio.lowlevel.current_trio_token()
    asyncio: Any = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def is_closed(loop: Any) -> bool:
    """Whether an event loop has ended for good, as far as it tells."""
    return not is_trio(loop) and bool(loop.is_closed())


def is_trio(loop: Any) -> bool:
    """Whether this is the token of a loop of Trio's."""
    return hasattr(loop, "run_sync_soon")


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


def call_in(loop: Any, call: Callable[[], None]) -> None:
    """Has an event loop call something, from another thread. RuntimeError if it has ended."""
    (loop.run_sync_soon if is_trio(loop) else loop.call_soon_threadsafe)(call)


def run_to_end(given: Awaitable[object]) -> object:
    """What comes out of an awaitable in a loop of its own; beside that of this thread, if it has one."""
    import asyncio

    async def main() -> object:
        return await given

    if running_loop() is None:
        return asyncio.run(main())
    result: Future[object] = Future()

    def work() -> None:
        try:
            result.set_result(asyncio.run(main()))
        except BaseException as fault:
            result.set_exception(fault)

    threading.Thread(target=copy_context().run, args=(work,), name="doorward-await", daemon=True).start()
    return result.result()
