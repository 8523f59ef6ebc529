"""What can be asked: Strawberry declarations without logic."""
