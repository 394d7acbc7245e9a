"""Import the statistics that a Rocket.Chat server kept of itself: from files, or page by page from a running server.

Reading exports is the host's business, and so is this; what the documents become is the app's (`statistics_app.foreign`).
"""
