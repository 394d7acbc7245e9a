"""What an audit of the running counts found."""

from django.db import models

# Kept of one audit; a count that is wrong everywhere would fill the table.
MOST_FINDINGS = 500


class TallyAudit(models.Model):
    """One comparison of all running counts with counting; `findings` are (count, key, expected, found), the first of them."""

    began_at = models.DateTimeField(db_index=True)
    took_ms = models.PositiveIntegerField()
    counts = models.JSONField(default=list, blank=True)
    differences = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list, blank=True)
    repaired = models.BooleanField(default=False)

    class Meta:
        verbose_name = "audit of running counts"
        verbose_name_plural = "audits of running counts"

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M:%S} UTC: {self.differences} differences"
