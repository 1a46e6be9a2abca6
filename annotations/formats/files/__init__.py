"""What is handed over and what is handed out, before it is any format: files, folders, archives, encodings, XML."""
