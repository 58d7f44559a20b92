"""数据报送: sources and how they report, batches and what became of them, upload, forms, what goes out."""
