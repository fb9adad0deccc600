"""Saved HTML pages -> their fields: the story parted from the site, with the rules of text dumps on top."""
