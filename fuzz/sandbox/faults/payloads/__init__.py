"""Faults of what a body carries: rules that are not checked, and values that are refused or make the server crash."""
