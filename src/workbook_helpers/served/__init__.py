"""The service that keeps a class's answers: it gives out the site, keeps each answer durably and takes hand-ins. It knows no key."""
