"""Pages for the people of a newsroom: what became of each article, what is missing, what the next digest looks like."""
