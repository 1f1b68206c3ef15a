"""What may be looked up: plain values out, nothing written, no answer decrypted."""
