"""The carbon-inclusive platform: asks whether a SHCERCIR1 certificate exists (N4.3)."""
