"""The inspector's pages (执法核查页面), for a phone and also without signal."""
