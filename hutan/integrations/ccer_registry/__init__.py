"""The national voluntary-reduction registry: asks whether a CCER cancellation exists (N4.3)."""
