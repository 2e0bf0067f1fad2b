"""Faults of what surrounds the decision: tokens, the gateway in front of it, the records and caches behind it."""
