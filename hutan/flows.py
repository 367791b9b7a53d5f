"""The platform on one page: when this happens, do that, because of this clause."""
