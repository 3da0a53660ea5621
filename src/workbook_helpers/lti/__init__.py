"""Sign-in to a college's hub from its learning platform by LTI 1.3: which platforms there are, the tool's key, launches and deep links."""
