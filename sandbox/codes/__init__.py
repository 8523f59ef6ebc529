"""The systems' own words as tables, for whoever writes a configuration."""
