"""Who may do what: login, lockout, tokens and the one permission."""
