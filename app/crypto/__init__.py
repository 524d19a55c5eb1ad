"""Bytes in, bytes out: all cryptography is the library's, the bookkeeping is ours."""
