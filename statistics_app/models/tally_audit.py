"""The results of audits of the running counts."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .utc_text import utc_text

# The most findings that are stored of one audit; a count that is wrong everywhere would fill the table.
MAX_FINDINGS = 500


class TallyAudit(models.Model):
    """One comparison of all running counts with a count of the rows.

    `findings` holds the first differences, each with the keys `count`, `key`, `expected` and `found`.
    """

    began_at = models.DateTimeField(_("began at"), db_index=True)
    took_ms = models.PositiveIntegerField()
    counts = models.JSONField(default=list, blank=True)
    differences = models.PositiveIntegerField(_("differences"), default=0)
    findings = models.JSONField(default=list, blank=True)
    repaired = models.BooleanField(_("repaired"), default=False)

    class Meta:
        verbose_name = _("audit of running counts")
        verbose_name_plural = _("audits of running counts")

    def __str__(self) -> str:
        values = {"time": utc_text(self.began_at), "number": self.differences}
        return gettext("%(time)s UTC: %(number)d differences") % values
