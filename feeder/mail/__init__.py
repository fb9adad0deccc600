"""Mail: an issue becomes the bytes of one message."""
