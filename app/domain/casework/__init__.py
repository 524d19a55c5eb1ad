"""What a counselor does with a request besides calling."""
