"""Complaints and leads 投诉与线索: registered from nine sources, verified, judged by a supervisor, answered."""
