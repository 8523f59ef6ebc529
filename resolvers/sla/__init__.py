"""Legal deadlines: dated rules, working days, what they make of one record, and as filters."""
