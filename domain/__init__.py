"""The rules of the market: one module per aggregate, without I/O."""
