"""What goes in and out of the routes, one module a resource."""
