"""The comparative report: one self-contained HTML page that opens without a network and runs nothing from the texts."""

from framing.output.report.articles import article_names
from framing.output.report.page import render_report, write_report

__all__ = ["article_names", "render_report", "write_report"]
