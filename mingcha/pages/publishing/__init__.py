"""发布: rules and calendars uploaded, checked, tried, approved by a second person, applied with their differences."""
