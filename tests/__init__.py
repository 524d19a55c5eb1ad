"""What is promised, said as tests. A package, because an installed library brings a `tests` of its own."""
