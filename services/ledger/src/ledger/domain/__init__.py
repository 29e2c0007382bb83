"""The rules of the books: pure functions and values. No await, no clock, no outside."""
