"""The four ways in 四种方式 (郑州规则第十三条): exchange feed, web service, files, forms.

Behind them one path, `receiving`.
"""
