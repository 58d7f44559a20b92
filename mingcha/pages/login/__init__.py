"""登录: sign in and out, second factor, password, one's own account."""
