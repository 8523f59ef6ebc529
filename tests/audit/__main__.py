"""`make audit`: start a gateway, run every audit against it, and print what each came to."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.audit.running import CannotAudit, audit, install, served


def main() -> int:
    """Print a line for each audit and the sum; 0 if all are met."""
    try:
        node = install()
    except CannotAudit as error:
        sys.stdout.write(f"not run: {error}\n")
        return 2
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        found = audit(node, address)
    for each in found:
        sys.stdout.write("  ".join(each) + "\n")
    well = sum(status == "ok" for status, *_ in found)
    sys.stdout.write(f"{well} of {len(found)} audits are met\n")
    return 0 if found and well == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
