"""One member's account: signing in, sessions, devices, passkeys, passwords, addresses."""
