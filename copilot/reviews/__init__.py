"""Post-incident reviews in which every sentence cites its source messages."""
