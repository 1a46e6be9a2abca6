"""Agreement on the values of positions or items: percent, kappa, pi and alpha."""
