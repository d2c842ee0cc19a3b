"""Questions before applying (假设试算): the same review, and for carriers without what would reveal a capacity."""
