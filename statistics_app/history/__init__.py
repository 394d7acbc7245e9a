"""History of the statistics: rollups by hour (gauges) and by quarter of an hour (events), read as series in any time zone."""
