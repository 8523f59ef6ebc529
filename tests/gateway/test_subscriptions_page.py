"""The page of subscriptions says what happens: its examples are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import orjson
import pytest
from graphql import parse, validate

from gateway.websocket import Close
from schema.build import build_schema
from tests.gateway.serving import Client, talk
from tests.gateway.streaming import connect
from tests.gateway.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "subscriptions.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Give the fenced blocks of one language."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found


@pytest.mark.parametrize("text", blocks("graphql"))
def test_operations_fit_the_schema(text: str) -> None:
    """Each operation is valid."""
    assert validate(build_schema()._schema, parse(text)) == []


@pytest.mark.parametrize("text", blocks("websocket"))
def test_conversations_go_as_told(text: str) -> None:
    """Each frame of the gateway comes as it stands there."""

    async def conversation(client: Client) -> None:
        socket = await connect(client, init=False)
        for line in text.splitlines():
            if line.startswith("> "):
                await socket.socket.send_str(line[2:])
            else:
                assert await socket.hear() == orjson.loads(line.removeprefix("< "))

    talk(World(), conversation)


@pytest.mark.parametrize("text", blocks("console"))
def test_commands_give_what_stands_below(text: str) -> None:
    """Each command's output is what the page shows."""

    async def conversation(client: Client) -> None:
        command, _, output = text.partition("\n")
        words = shlex.split(command.removeprefix("$ curl "))
        headers = dict(words[n + 1].split(": ") for n, word in enumerate(words) if word == "-H")
        body = words[words.index("-d") + 1]
        url = words[-1].replace("http://localhost:8000", client.url)
        async with client.session.post(url, data=body, headers=headers) as response:
            assert (await response.text()).replace("\r\n", "\n").strip() == output.strip()

    talk(World(), conversation)


def test_every_close_code_is_told() -> None:
    """The table has every code by which the gateway closes."""
    told = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}

    assert {int(code) for code in Close} <= told
