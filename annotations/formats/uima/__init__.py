"""UIMA CAS and what INCEpTION exports."""
