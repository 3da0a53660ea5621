"""A class: one folder with its settings, its roster, its workbooks and all that came in and goes out."""
