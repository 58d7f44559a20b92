"""Generated pages of docs/: what the files and the declarations say, in Markdown, so that it cannot drift."""
