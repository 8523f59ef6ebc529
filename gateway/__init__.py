"""The door: HTTP, identity, execution and the command line."""
