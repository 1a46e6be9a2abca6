"""An annotator's own work and the way into the Studio."""
