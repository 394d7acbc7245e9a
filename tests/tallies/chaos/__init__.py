"""The chaos test: concurrent writes, folds and kills, while readers compare the running counts with counting the rows."""
