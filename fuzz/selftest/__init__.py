"""Tests the fuzzer on the sandbox: every fault must be found, and nothing honest may be reported as a failure."""
