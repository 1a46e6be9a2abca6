"""Standards for stand-off annotation: TEI, W3C Web Annotation, the Argument Interchange Format."""
