"""Predictions of models and other tools: which predictors a project has, and what each said of which article."""
