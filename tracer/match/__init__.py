"""From payments to people: which person of the register a payment went to, and how sure that is."""
