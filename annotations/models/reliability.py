"""What agreement is computed from, kept so that a new annotation costs only its own document."""

from django.db import models
from django.utils import timezone

from annotations.models.projects import Project


class AgreementStatistics(models.Model):
    """Counts a document, for one choice of rounds, annotators, labels and blocks. A cache: it may be emptied."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agreement_statistics")
    scope = models.CharField(max_length=64, help_text="The checksum of what was chosen.")
    fingerprint = models.CharField(max_length=200, help_text="Of the annotations that were counted.")
    documents = models.JSONField(help_text="For each task the annotations counted.")
    content = models.BinaryField(help_text="The counts, as the agreement library writes them.")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "agreement statistics"
        constraints = [
            models.UniqueConstraint(name="agreement_statistics_unique", fields=["project", "scope"])
        ]

    def __str__(self) -> str:
        return f"agreement statistics of {self.project}"


class AgreementReport(models.Model):
    """What was computed from the counts. A cache as well: it goes when they do."""

    statistics = models.ForeignKey(AgreementStatistics, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=64, help_text="The checksum of the options and of the counts.")
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_report_unique", fields=["statistics", "key"])]

    def __str__(self) -> str:
        return f"report on {self.statistics}"
