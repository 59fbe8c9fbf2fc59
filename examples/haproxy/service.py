#!/usr/bin/env python3
"""A service that answers 200, or 500 to a share of its requests. POST /fail?0.5 sets the share. Usage: service.py PORT"""

import http.server
import random
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    share = 0.0

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.answer(500 if random.random() < Handler.share else 200)

    def do_POST(self):
        Handler.share = float(self.path.partition("?")[2])
        self.answer(200)

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
