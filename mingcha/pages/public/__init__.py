"""The public pages 公众服务: no account, phone first, nothing personal in any answer."""
