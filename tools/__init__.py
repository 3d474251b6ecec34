"""Scripts that make what is committed, and what is too long for the tests."""
