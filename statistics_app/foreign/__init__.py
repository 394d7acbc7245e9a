"""Statistics that another server kept or sends, in the shape of ours."""
