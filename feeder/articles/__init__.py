"""Bytes of a page -> Article -> Entry. One reader per format; what differs between publishers is data in publishers/."""
