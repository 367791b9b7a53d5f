"""Template tags, built in for every template: languages, figures, components."""
