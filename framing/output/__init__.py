"""The edge where results leave: tables, charts, the report. The core never imports it."""
