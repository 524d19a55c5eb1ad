"""Whether the service works, and who hears when it does not."""
