"""评价: satisfaction, the list of ratings, one rating with its loop, the ledger of bad reviews, codes for windows."""
