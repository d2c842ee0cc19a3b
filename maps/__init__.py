"""Pictures of results: GeoJSON, a stand-alone map page and a terminal table of a review (审查结果图示)."""
