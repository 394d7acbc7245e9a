"""Import exports of other chats into the tables of this one."""
