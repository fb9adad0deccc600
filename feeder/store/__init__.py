"""What feeder remembers, in SQLite or PostgreSQL. Only this package knows SQL.

Functions take the connection of an open transaction (`Store.read()`, `Store.write()`), so that a job decides what
belongs together.
"""

from feeder.store.engine import Store
from feeder.store.upgrade import open_store, open_to_look

__all__ = ["Store", "open_store", "open_to_look"]
