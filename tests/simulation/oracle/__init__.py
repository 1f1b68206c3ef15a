"""The oracle: explains every message from what happened, and finds every promise that was not kept.

He knows what people were promised (services/notifications/README.md) and reckons it anew, in his own words. He
uses nothing of what notifications itself decides with.
"""
