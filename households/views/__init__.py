"""Pages and addresses of this app, by subject."""
