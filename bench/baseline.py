"""Keep measured figures in `bench/baseline.json`, with the date and the machine."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).with_name("baseline.json")


def save(part: str, figures: object) -> None:
    """Write *figures* as *part* of the baseline; the other parts stay."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known[part] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "figures": figures,
    }
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def machine() -> str:
    """Name the machine as far as figures depend on it."""
    model = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
