"""What happens: read the sources, publish what changed, compile the digest. Jobs are safe to repeat."""
