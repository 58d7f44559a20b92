"""人工录入: cards entered by hand, seen before they are issued; and the files that prove an alert."""
