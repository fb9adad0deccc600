"""Entries in, feeds out: Atom 1.0, RSS 2.0, JSON Feed 1.1 and OPML 2.0. Equal feeds give equal bytes."""
