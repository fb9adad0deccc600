"""Issue -> deliveries -> messages on their way: the ledger, and those who work from it."""
