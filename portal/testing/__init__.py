"""What the tests stand on: real servers, a real worker, a real browser, and the cast."""
