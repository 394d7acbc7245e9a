"""Collections as MongoDB's tools write them: mongoexport, mongodump, and mongodump's archives."""
