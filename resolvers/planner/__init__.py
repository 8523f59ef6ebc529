"""From one question to what each source is asked, and from their rows back to one page."""
