"""The oracle: explains every message from what happened, and finds every promise that was not kept.

It knows what people were promised (services/notifications/README.md) and computes it anew, in its own words. It
uses nothing of what notifications itself decides with.
"""
