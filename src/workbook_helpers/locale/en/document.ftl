# The document that a question rests on.
document-first = Document
document-again = See the document again
