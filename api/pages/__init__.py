"""What people see (网页): server-rendered, Chinese with an English switch; docs/pages.md says how to add a page."""
