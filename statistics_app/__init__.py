"""Keep a persistent history of a chat workspace's statistics and serve it."""

__version__ = "0.1.0"
