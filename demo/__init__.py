"""A newsroom of fictional outlets on this computer, and the tour through the product that uses it."""
