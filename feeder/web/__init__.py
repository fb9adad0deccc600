"""What answers over HTTP: the published files, the health of the program, and the page on which a subscriber leaves."""
