"""Programs behind the scripts: they measure and photograph the app, and write pages from the code."""
