"""组织机构: regions and agencies as they were last reported, and by hand what nobody reports."""
