"""The rules of speaking: pure functions and frozen values. No await, no clock, no I/O, no framework."""
