"""Store -> what the people of a newsroom want to know of it. Everything here looks, nothing writes."""
