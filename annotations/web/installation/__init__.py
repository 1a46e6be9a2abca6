"""Pages for whoever runs the installation: its people, and what may be done with an account."""
