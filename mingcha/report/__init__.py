"""Reports: a folder judged (`checking`), told in every format (`output`); one case told in full (`life`)."""
