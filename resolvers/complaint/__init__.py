"""One complaint out of what every source said of it."""
