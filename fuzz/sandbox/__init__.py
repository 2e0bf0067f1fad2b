"""The sandbox: an honest implementation of the documents as a real server, and a catalogue of faults for it.

It was written from the documents alone and shares no code with the oracle, so that a misreading in one of them shows.
"""
