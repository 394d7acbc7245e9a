"""Probes of the machine, the process and the deployment; psutil is used only here."""
