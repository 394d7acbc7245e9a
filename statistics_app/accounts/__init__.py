"""Authentication and authorization: login, lockout, access tokens and the one permission."""
