"""Pages for everybody (公众页面): guide, published review rules, check of a permit, statistics."""
