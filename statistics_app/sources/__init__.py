"""Sources of chat data: the interface that a host implements, and an implementation based on declared tables."""
