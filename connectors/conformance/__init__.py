"""What every connector promises, and the means to hold a source against it: in tests and alive."""
