"""Golden cases for each kind of source."""
