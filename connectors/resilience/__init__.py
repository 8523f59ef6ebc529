"""What stands between the planner and a source that may fail."""
