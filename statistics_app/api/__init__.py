"""The API that Rocket.Chat's clients speak."""
