"""The command line and the composition of the product's two forms."""
