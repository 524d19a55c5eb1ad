"""The real parts that tests use: databases, mail, browser, running programs, and a clock that tests set."""
