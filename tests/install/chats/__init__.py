"""Published applications that have chats or forums: their settings, how they are mapped, and rows of theirs."""
