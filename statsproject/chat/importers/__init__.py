"""Other chats' exports, read into this chat's tables."""
