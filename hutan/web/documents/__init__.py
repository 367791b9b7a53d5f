"""Documents as PDF: certificates and statements, each with a code that anybody can check."""
