workplace-label = For your unit: evidence from your workplace
workplace-nameless = Do not write the name of anybody you support, of a colleague or of a family. Write a role, such as “a resident” or “the nurse”.
workplace-done = Say what you did, step by step, and why.
workplace-role = The role of the person who saw it, such as “senior carer”. The name goes onto the printed sheet, by hand.
workplace-print = Print a witness sheet
workplace-taken = From your form before. Change it where it is different.
workplace-empty-form = Empty this form
workplace-put-back = Put it back
workplace-emptied = The form is empty.
workplace-sheet = Witness sheet
workplace-empty = —
workplace-by-witness = To be filled in by the witness
workplace-statement = I saw what is described above, and the description is right.
workplace-by-learner = To be filled in by the learner
workplace-line-witness-name = Name of the witness
workplace-line-role = Role
workplace-line-signature = Signature
workplace-line-date = Date
workplace-line-learner-name = Name of the learner
workplace-label-evidence = Kind of evidence
workplace-label-date = Date
workplace-label-place = Kind of place
workplace-label-done = What I did
workplace-label-criteria = What it shows
workplace-label-role = Role of the witness
workplace-evidence-observation = Observation: my assessor saw me
workplace-evidence-witness = Witness: a colleague saw me
workplace-evidence-product = Product: something I made
workplace-place-care-home = A care home
workplace-place-own-home = A person’s own home
workplace-place-supported-living = Supported living
workplace-place-day-service = A day service
workplace-place-hospital = A hospital or clinic
workplace-place-elsewhere = Somewhere else
workplace-missing = { $n ->
    [one] 1 of { $of } parts of this record is empty.
   *[other] { $n } of { $of } parts of this record are empty.
}
