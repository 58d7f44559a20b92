"""The pages 页面: each a folder with its view, template and table. docs/pages.md tells how one is made."""
