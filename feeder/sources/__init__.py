"""Where articles come from. A failure is a value in the stream, so that one bad file hides nothing."""
