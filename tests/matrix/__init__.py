"""The tests on each version of Python at hand, with the long-term support release of Django and with the newest one."""
