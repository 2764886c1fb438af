"""Carries notes between the logs of a firm: from each site to the hub, and receipts back. An optional extra."""
