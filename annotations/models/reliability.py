"""What agreement is computed from, kept so that a new annotation costs only its own document."""

from django.db import models
from django.utils import timezone

from annotations.models.projects import Project


class AgreementStatistics(models.Model):
    """What was counted for one choice of rounds, annotators, labels and kinds of block. A cache: it may be emptied."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agreement_statistics")
    selection = models.CharField(max_length=64, help_text="The checksum of what was chosen.")
    fingerprint = models.CharField(
        max_length=200, help_text="Of the annotations that were counted; empty while they are being counted."
    )
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "agreement statistics"
        constraints = [
            models.UniqueConstraint(name="agreement_statistics_unique", fields=["project", "selection"])
        ]

    def __str__(self) -> str:
        return f"agreement statistics of {self.project}"


class AgreementBlock(models.Model):
    """The counts of some hundred tasks, so that a new annotation costs no more than these."""

    statistics = models.ForeignKey(AgreementStatistics, on_delete=models.CASCADE, related_name="blocks")
    number = models.PositiveBigIntegerField(help_text="Tasks whose numbers divide to this one are in it.")
    fingerprint = models.CharField(max_length=200, help_text="Of the annotations that were counted.")
    content = models.BinaryField(help_text="The counts, as the agreement library writes them.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_block_unique", fields=["statistics", "number"])
        ]

    def __str__(self) -> str:
        return f"block {self.number} of {self.statistics}"


class AgreementReport(models.Model):
    """What was computed from the counts. A cache as well: it goes when they do."""

    statistics = models.ForeignKey(AgreementStatistics, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=64, help_text="The checksum of the options and of the counts.")
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_report_unique", fields=["statistics", "key"])]

    def __str__(self) -> str:
        return f"report on {self.statistics}"


class AgreementFile(models.Model):
    """A whole report as it was handed out, so that taking it again costs nothing. A cache as well."""

    statistics = models.ForeignKey(AgreementStatistics, on_delete=models.CASCADE, related_name="files")
    key = models.CharField(max_length=64, help_text="The checksum of what was asked for and of the counts.")
    content = models.BinaryField(help_text="Compressed with zlib.")

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_file_unique", fields=["statistics", "key"])]

    def __str__(self) -> str:
        return f"file on {self.statistics}"
