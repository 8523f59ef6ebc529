"""The suite of promises, which is the product's own: `simpul sources probe` runs it too."""

from connectors.conformance.promises import PROMISES, conform
from connectors.conformance.subject import Broken, Subject, read_pages, read_reference

__all__ = ["PROMISES", "Broken", "Subject", "conform", "read_pages", "read_reference"]
