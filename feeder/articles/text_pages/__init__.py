"""Text dumps of pages: a web page copied as plain text -> its fields. The general rules; publishers add theirs as data."""
