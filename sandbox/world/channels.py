"""Channels through which complaints arrive, and each system's words for them."""

import csv
from pathlib import Path
from random import Random

from sandbox.world.draw import Weighted
from sandbox.world.moments import iso

_PATH = Path(__file__).parents[1] / "codes" / "channels.csv"


class Channels:
    """The table `codes/channels.csv`, ready to draw from."""

    def __init__(self) -> None:
        with _PATH.open(encoding="utf-8", newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        self._late = {row["code"]: row["valid_from"] for row in self.rows if row["valid_from"]}
        self._choices = {system: self._weighted(system) for system in ("sp4n", "pu", "kaltim")}

    def draw(self, chance: Random, system: str, moment: int) -> str:
        """Draw the canonical code of a channel that *system* had at *moment*."""
        code = str(self._choices[system].pick(chance))
        if code in self._late and iso(moment) < self._late[code]:
            return "web"
        return code

    def word(self, code: str, system: str) -> str:
        """Give *system*'s word for *code*, or its word for whatever it has no word for."""
        for row in self.rows:
            if row["code"] == code and row[system]:
                return row[system]
        return self.word("web", system)

    def _weighted(self, system: str) -> Weighted:
        drawn = [row for row in self.rows if row[f"weight_{system}"]]
        return Weighted(
            tuple(row["code"] for row in drawn),
            tuple(float(row[f"weight_{system}"]) for row in drawn),
        )


CHANNELS = Channels()
