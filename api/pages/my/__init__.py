"""The carrier's own pages (承运人的页面): overview, drafts, cases, permits, archive, many like trips."""
