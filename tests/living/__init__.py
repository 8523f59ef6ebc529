"""The gateway over the living systems of the sandbox, for tests that ask them."""
