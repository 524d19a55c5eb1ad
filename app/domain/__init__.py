"""The rules, in the practice's words; knows no HTTP."""
