"""A headless Chromium, driven over its DevTools protocol, which notes all that it asks for."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--window-size=1400,900",
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=127.0.0.1",
)  # fmt: skip
WITNESS = """
globalThis.violations = [];
addEventListener("securitypolicyviolation",
  (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


class Asked(NamedTuple):
    """One request that the page or a worker made."""

    method: str
    url: str
    headers: dict[str, str]


class Browser:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.page = ""
        self.requested: list[Asked] = []
        """Each request, those of workers too; what stands in the page itself (`data:`) is none."""
        self.said: list[str] = []
        """Errors on the console, and exceptions that nobody caught."""

    async def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Call *method* and give what it returns; raises `RuntimeError` if it is refused."""
        number = len(self._calls)
        self._calls[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        await self._socket.send_json(message)
        return await asyncio.wait_for(self._calls[number], 20)

    async def evaluate(self, expression: str) -> Any:
        """Give the value of *expression* in the page."""
        told = await self.call(
            "Runtime.evaluate",
            self.page,
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"]))
        return told["result"].get("value")

    async def until(self, expression: str) -> Any:
        """Wait until *expression* is true in the page, and give its value."""
        # An element has no value of its own outside the page.
        plain = f"((it) => it instanceof Node ? true : it)({expression})"
        try:
            async with asyncio.timeout(30):
                while not (value := await self.evaluate(plain)):  # noqa: ASYNC110 - it is elsewhere
                    await asyncio.sleep(0.05)
        except TimeoutError:
            words = f"never true: {expression}; the page said {self.said}"
            raise AssertionError(words) from None
        return value

    async def press(self, key: str, code: int, *, control: bool = False) -> None:
        """Press and release one key."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent",
                self.page,
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                modifiers=2 if control else 0,
            )

    async def type(self, text: str) -> None:
        """Put *text* where the cursor is."""
        await self.call("Input.insertText", self.page, text=text)

    async def reload(self) -> None:
        """Load the page anew, and wait until the old one is gone."""
        self._loaded.clear()
        await self.call("Page.reload", self.page)
        await asyncio.wait_for(self._loaded.wait(), 20)

    async def picture(self, path: Path) -> None:
        """Write what the page looks like to *path*."""
        told = await self.call("Page.captureScreenshot", self.page, format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(told["data"]))

    async def listen(self) -> None:
        """Take in answers and events until the socket closes."""
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                waiting = self._calls[told["id"]]
                if waiting.done():
                    continue
                if "error" in told:
                    waiting.set_exception(RuntimeError(str(told["error"])))
                else:
                    waiting.set_result(told["result"])
            else:
                await self._noted(told["method"], told["params"])

    async def _noted(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                asked = params["request"]
                if asked["url"].startswith("data:"):
                    return
                self.requested.append(Asked(asked["method"], asked["url"], asked["headers"]))
            case "Page.loadEventFired":
                self._loaded.set()
            case "Runtime.exceptionThrown":
                self.said.append(str(params["exceptionDetails"]))
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.said.append(str(params["entry"]))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "assert"):
                self.said.append(str(params["args"]))
            case "Target.attachedToTarget":
                session = params["sessionId"]
                if params["targetInfo"]["type"] == "page":
                    self.page = session
                for enable in ("Network.enable", "Runtime.enable", "Log.enable"):
                    await self._send(enable, session)
                await self._send(
                    "Target.setAutoAttach",
                    session,
                    autoAttach=True,
                    waitForDebuggerOnStart=True,
                    flatten=True,
                )
                await self._send("Runtime.runIfWaitingForDebugger", session)
            case _:
                pass

    async def _send(self, method: str, session: str, **params: Any) -> None:
        # Nobody waits for the answer: it is this very loop that would read it.
        number = len(self._calls)
        self._calls[number] = asyncio.get_running_loop().create_future()
        self._calls[number].cancel()
        await self._socket.send_json(
            {"id": number, "method": method, "params": params, "sessionId": session}
        )


@asynccontextmanager
async def browsing(url: str, profile: Path) -> AsyncIterator[Browser]:
    """Open *url* in a new browser with an empty *profile*; it ends with the context."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        address = await _address(profile / "DevToolsActivePort")
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address, max_msg_size=0) as socket,
        ):
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            target = (await browser.call("Target.createTarget", url="about:blank"))["targetId"]
            await browser.call("Target.attachToTarget", targetId=target, flatten=True)
            async with asyncio.timeout(10):
                while not browser.page:  # noqa: ASYNC110 - told by an event
                    await asyncio.sleep(0.01)
            await browser.call("Page.enable", browser.page)
            await browser.call(
                "Page.addScriptToEvaluateOnNewDocument", browser.page, source=WITNESS
            )
            await browser.call("Page.navigate", browser.page, url=url)
            yield browser
            await browser.call("Browser.close")
            listening.cancel()
    finally:
        if process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _address(path: Path) -> str:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(_written, path):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    port, way = (await asyncio.to_thread(path.read_text)).split()
    return f"ws://127.0.0.1:{port}{way}"


def _written(path: Path) -> bool:
    return path.exists() and len(path.read_text().split()) == 2
