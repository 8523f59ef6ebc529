"""`python -m gateway` is `simpul`."""

from gateway.cli import main

main()
