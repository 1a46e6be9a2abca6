"""The OpenAPI description, the page that shows it, and whether the API does what it says."""
