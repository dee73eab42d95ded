"""Runs the Python program of the API document as it stands:  python3 run.py PROGRAM

Supplies the little of Flask that it uses.
"""
import runpy
import sys
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Abort(Exception):
    """What abort() throws."""


class Request:
    """The request that is being handled; one at a time is enough here."""

    headers = None
    body = b""

    def get_data(self):
        return self.body


class Flask:
    handlers = {}

    def __init__(self, name):
        pass

    def route(self, path, methods):
        def register(handler):
            for method in methods:
                self.handlers[method, path] = handler
            return handler

        return register


def abort(status):
    raise Abort(status)


request = Request()
flask = types.ModuleType("flask")
flask.Flask, flask.request, flask.abort = Flask, request, abort
sys.modules["flask"] = flask


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        request.headers = self.headers
        request.body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            text, status = Flask.handlers["POST", self.path]()
        except Abort as aborted:
            text, status = "", aborted.args[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


runpy.run_path(sys.argv[1])
server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
