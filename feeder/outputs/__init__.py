"""Where published files go. A reader polling during a build sees the old file or the new one, never half of either."""
