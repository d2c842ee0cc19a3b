"""The inbox of city and county offices (收件箱): packets, each answered in two clicks."""
