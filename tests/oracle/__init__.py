"""A naive judge, written only for the tests: plain Python, row by row and day by day.

It is written from the regulations and the rule catalogue, never from the engine, and uses nothing of the
clock, the engine or the rules' SQL. It is slow and simple on purpose: where it and the engine disagree, the
law decides which is wrong.
"""
