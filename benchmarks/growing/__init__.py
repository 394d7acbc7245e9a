"""Whether the history costs more when there is more of it: the parts of `history` that compare small with large."""
