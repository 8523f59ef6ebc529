"""The Presidential Staff Office: priority programmes, in a PostgreSQL of its own."""
