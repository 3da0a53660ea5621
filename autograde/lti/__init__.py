"""A class and its learning platform by LTI 1.3: names and roles into the class list, points back as feedback."""
