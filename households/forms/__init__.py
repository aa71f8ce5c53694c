"""The only gate for what people enter about households, from a page or from a phone."""
