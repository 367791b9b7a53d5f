"""What surrounds every page: reference, policy, language, failures, the gate."""
