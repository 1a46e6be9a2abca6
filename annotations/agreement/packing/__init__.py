"""Set packing: the optimiser behind gamma. How it is exact is proved in docs/agreement.md."""
