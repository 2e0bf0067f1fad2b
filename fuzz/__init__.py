DISTRIBUTION = "calfuzz"
"""Whose package this is: other distributions have packages of this name."""
