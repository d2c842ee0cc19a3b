"""What all endpoints share: who asks, in which transaction, and how faults look (HTTP 公共部分)."""
