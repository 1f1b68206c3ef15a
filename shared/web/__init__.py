"""One way for every service to answer over HTTP: who asks, safe headers, one error shape, the frame of a page."""
