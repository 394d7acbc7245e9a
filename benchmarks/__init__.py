"""Programs that measure: each compares things side by side in one run and prints ratios against bars."""
