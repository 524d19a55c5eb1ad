"""What a client is asked and told in fixed words: on the form, on the return page, and by voice at the desk."""
