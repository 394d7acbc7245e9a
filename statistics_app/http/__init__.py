"""HTTP requests and responses, independent of the API and the pages."""
