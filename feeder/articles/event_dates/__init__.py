"""When the event of a story was: the main one of the dates in its texts, and its year where the article tells it."""
