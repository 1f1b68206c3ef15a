"""What may be looked up: plain values out, writes nothing, opens no answer."""
