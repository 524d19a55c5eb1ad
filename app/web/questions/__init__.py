"""The questions and fixed sentences for clients: on the form, on the return page, and by voice at the desk."""
