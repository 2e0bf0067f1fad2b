"""Faults that need more than one call on one sync: a history, another staff member, chance, or two calls at once."""
