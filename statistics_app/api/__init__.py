"""The HTTP API, compatible with Rocket.Chat's clients."""
