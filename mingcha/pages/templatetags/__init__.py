"""Tags and filters of the templates; every template has them without loading."""
