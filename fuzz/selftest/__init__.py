"""The fuzzer tested by the sandbox: every fault must be found, and no honest variant may raise an alarm.

The project's own scoreboard. It stands above engine, reports and sandbox, because it sets the one upon the other.
"""
