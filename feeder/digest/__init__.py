"""The weekly digest: which stories an issue has, and what it looks like."""
