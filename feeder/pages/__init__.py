"""Entries in, static pages out: index, story, place, feeds, digest archive, language chooser.

links   where each page lies, and how one page reaches another
render  values -> bytes of one page
atlas, shapes   a map from coordinates
social  what machines that pass a page on want to know of it
"""
