"""The imitated systems, each a process of its own."""
