"""Keys: who holds which, sealed how, and how the practice proves its epochs."""
