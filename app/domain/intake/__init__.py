"""One request: what the client wrote, how it is sealed, how it arrives, opens and ends."""
