"""Random targets: whatever is let through, nginx, the decision and the application read it as one path."""

import json
import random
import re
from urllib.parse import unquote_to_bytes

import wire
from server import Running

PIECES = [
    *["/", "/", "/", "a", "b", "open", "admin", ".", "..", ";", "%", "?", "#", "+", "\\", "*", ":", "@", "~"],
    *["%2e", "%2E", "%2f", "%5c", "%25", "%252e", "%3b", "%3B", "%3f", "%23", "%2b", "%20", "%00", "%0a", "%7e", "%61"],
    *["%c3%a9", "%C3%A9", "%c0%af", "%ff", "%", "%a", "%zz", "é", '"', "<", "|", "{", "..;", ".;", "//", "/./", "/../"],
]
COUNT = 3000


class Agreement(Running):
    HTTP = """
    log_format readings escape=json '{"id":"$request_id","uri":"$uri","forwarded":"$request_uri","status":"$status",'
        '"reason":"$doorward_reason"}';
    access_log readings.log readings;
    keepalive_requests 100000;
    server {
        listen PORT;
        doorward on;
        doorward_policy policy.toml;
        location / { empty_gif; }
    }
    """
    POLICIES = {
        "policy.toml": '[[routes]]\npath = "/"\naccept = "anyone"\n[[routes]]\npath = "/{*rest}"\naccept = "anyone"\n'
    }

    def test_all_readings_are_one(self):
        choose = random.Random(7515)
        sent = {}
        connection = wire.Connection(self.nginx.port)
        for _ in range(COUNT):
            target = "/" + "".join(choose.choice(PIECES) for _ in range(choose.randint(0, 8)))
            connection.send(wire.request("GET", target, close=False))
            answer = connection.answer()
            sent[answer.one("X-Request")] = (target, answer.status)
            if answer.one("Connection") == "close":
                connection.socket.close()
                connection = wire.Connection(self.nginx.port)
        connection.socket.close()
        log = self.nginx.folder / "readings.log"
        self.nginx.wait(lambda: len(log.read_bytes().splitlines()) >= COUNT, "not all is logged")
        allowed = 0
        for line in log.read_bytes().decode("latin-1").splitlines():
            facts = json.loads(line)
            target, status = sent[facts["id"]]
            if status != 200:
                self.assertEqual(status, 400, target)
                continue
            allowed += 1
            forwarded = facts["forwarded"].partition("?")[0]
            decoded = unquote_to_bytes(forwarded.encode("latin-1")).decode("latin-1")
            self.assertEqual(decoded, facts["uri"], target)
            # Normal: nothing is left that another server could read in another way.
            self.assertNotRegex(forwarded, r"//|\\|#|/\.\.?(/|;|$)|%2[FfEe]|%5[Cc]|%00|%[0-9A-F]?[a-f]", target)
            self.assertFalse(re.search(r"[^!-~]", forwarded), target)
        self.assertGreater(allowed, COUNT // 20, "too little was let through to prove anything")
        self.assertGreater(COUNT - allowed, COUNT // 20, "too little was refused to prove anything")


class AgreementWithoutMerging(Agreement):
    HTTP = Agreement.HTTP.replace("keepalive_requests", "merge_slashes off; keepalive_requests")
