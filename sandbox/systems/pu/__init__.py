"""The public works ministry: a PostgreSQL database with tables and words of its own."""
