"""The Ombudsman's own system, SIMPeL, over REST."""
