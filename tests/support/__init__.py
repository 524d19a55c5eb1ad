"""The real parts that tests stand on: databases, mail, browser, running programs, a clock that is set."""
