"""Files that hang: they hold their own threads, and neither the others' nor the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from connectors.blocking import Threads
from connectors.contract.errors import Unavailable
from tests.connectors.outside import ROOT


def test_a_call_gives_its_result_or_its_error() -> None:
    """From a thread that is not the caller's."""

    async def use() -> None:
        threads = Threads("s")
        there = await threads.run(threading.current_thread)
        assert there is not threading.current_thread()
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)

    asyncio.run(use())


def test_no_more_threads_than_allowed_work_at_once() -> None:
    """The others wait for their turn, and get it."""
    together: list[int] = []
    inside = threading.Semaphore(0)
    count = 0
    lock = threading.Lock()

    def call() -> None:
        nonlocal count
        with lock:
            count += 1
            together.append(count)
        time.sleep(0.01)
        with lock:
            count -= 1
        inside.release()

    async def use() -> None:
        threads = Threads("s", most=2)
        await asyncio.gather(*(threads.run(call) for _ in range(8)))

    asyncio.run(use())

    assert len(together) == 8
    assert max(together) == 2


def test_given_up_calls_are_not_piled_up() -> None:
    """Once as many hang as may, a further call fails at once; when they let go, it works again."""
    gate = threading.Event()

    async def use() -> None:
        threads = Threads("s", most=2)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await threads.run(gate.wait)
        with pytest.raises(Unavailable, match="still hang"):
            await threads.run(gate.wait)
        gate.set()
        async with asyncio.timeout(2):
            while True:
                try:
                    assert await threads.run(gate.wait)
                except Unavailable:
                    await asyncio.sleep(0.01)
                else:
                    return

    asyncio.run(use())


def test_the_default_pool_is_left_alone() -> None:
    """While calls hang here, others' blocking work goes on."""
    gate = threading.Event()

    async def use() -> None:
        threads = Threads("s", most=64)
        hanging = [asyncio.ensure_future(threads.run(gate.wait)) for _ in range(64)]
        await asyncio.sleep(0)
        async with asyncio.timeout(2):
            assert await asyncio.to_thread(lambda: 7) == 7
        gate.set()
        await asyncio.gather(*hanging)

    asyncio.run(use())


def test_a_process_ends_though_a_call_hangs() -> None:
    """Neither the loop's end nor the interpreter's waits for the thread."""
    code = (
        "import asyncio, threading\n"
        "from connectors.blocking import Threads\n"
        "async def use():\n"
        "    try:\n"
        "        async with asyncio.timeout(0.1):\n"
        "            await Threads('s').run(threading.Event().wait)\n"
        "    except TimeoutError:\n"
        "        print('gave up', flush=True)\n"
        "asyncio.run(use())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert (done.stdout.strip(), done.returncode, done.stderr) == ("gave up", 0, "")
