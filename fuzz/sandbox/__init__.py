"""The other witness: an honest implementation of the documents as a real server, and a catalogue of dishonest ones.

It was written from the documents alone and shares no code with the oracle, so that a misreading in either one shows.
"""
