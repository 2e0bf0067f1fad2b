"""Tests the fuzzer on the sandbox: every fault must be found, and no honest variant may be reported as a failure."""
