"""重算差异单: the list of difference lists; each opens on the page that decides about it (`publishing.differences`)."""
