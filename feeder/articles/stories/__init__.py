"""Which articles are one story, and the ids, addresses and dates of its entries."""
