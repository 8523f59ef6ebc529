"""The province of DKI Jakarta: a REST interface by offsets, which caps what it is asked for."""
