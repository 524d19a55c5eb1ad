"""What a counselor does with a request beside calling."""
