"""Who gets the digest: asking, confirming, leaving, the operator's list, and the pages at which it happens."""
