"""The national system: a REST interface over JSON."""
