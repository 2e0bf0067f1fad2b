"""Faults of one sync's state: how it is checked, compared, stored, created anew and changed by the siblings."""
