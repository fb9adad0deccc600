"""The editors' room over HTTP: who is let in, and which page is made for whom."""
