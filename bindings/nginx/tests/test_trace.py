"""The trace of a refusal: a marker for the application behind, and `Proxy-Status` for the caller."""

import json
import re

from server import POLICY, Running
from tokens import bearer

TRACED = POLICY + '\n[trace]\nproxy_status = "edge-eu"\ndetails = true\nkey = { file = "trace.key" }\n'

SERVER = """
server {
    listen PORT;
    doorward on;
    doorward_policy policy.toml;
    location / { error_page 401 = @stranger; proxy_pass http://UPSTREAM; }
    location @stranger {
        doorward off;
        proxy_set_header Authorization "";
        proxy_set_header X-Doorward-Trace $doorward_trace;
        proxy_pass http://UPSTREAM;
    }
    location /orders/behind {
        error_page 401 = @behind;
        proxy_pass http://UPSTREAM;
    }
    location @behind {
        doorward off;
        proxy_set_header Host application.example;
        proxy_set_header Authorization "";
        proxy_set_header X-Doorward-Trace $doorward_trace;
        proxy_pass http://PORT;
    }
    location /admin/ { proxy_set_header X-Trace "[$doorward_trace]"; proxy_pass http://UPSTREAM; }
    location /open/ { proxy_set_header X-Trace "[$doorward_trace]"; proxy_pass http://UPSTREAM; }
}
# The application behind, which knows the same key, and takes the word of the gateway before it.
server {
    listen PORT;
    server_name application.example;
    doorward_identity_headers off;
    doorward on;
    doorward_policy policy.toml;
    location / { proxy_pass http://UPSTREAM; }
}
"""


class Trace(Running):
    HTTP = SERVER
    POLICIES = {"policy.toml": TRACED, "trace.key": "a key of the nginx tests, of no use elsewhere\n"}

    def test_the_application_gets_a_marker_in_place_of_the_credential(self):
        seen = self.seen(self.send("GET", "/orders/1", bearer(expires_in=-600), ("X-Doorward-Trace", "made up")))
        self.assertEqual(seen.all("Authorization"), [])
        (marker,) = seen.all("X-Doorward-Trace")
        self.assertRegex(marker, re.compile(r"\A[A-Za-z0-9_-]{79}\Z"))
        again = self.seen(self.send("GET", "/orders/1", bearer(expires_in=-600)))
        self.assertNotEqual(again.all("X-Doorward-Trace"), [marker], "every marker is another")

    def test_there_is_no_marker_where_nothing_was_taken_away(self):
        seen = self.seen(self.send("GET", "/orders/1", ("X-Doorward-Trace", "made up")))
        self.assertEqual(seen.all("X-Doorward-Trace"), [])
        seen = self.seen(self.send("GET", "/orders/1", bearer(), ("X-Doorward-Trace", "made up")))
        self.assertEqual((seen.all("X-Doorward-Trace"), len(seen.all("Authorization"))), ([], 1))
        seen = self.seen(self.send("GET", "/open/1", ("X-Doorward-Trace", "made up")))
        self.assertEqual((seen.all("X-Doorward-Trace"), seen.all("X-Trace")), ([], ["[]"]))

    def test_the_application_names_the_root_cause(self):
        for headers, cause in [
            ([bearer(expires_in=-600)], "token_expired"),
            ([("Authorization", "Bearer")], "credential_malformed"),
            ([("Authorization", "Basic eDp5")], "scheme_unsupported"),
        ]:
            answer = self.send("GET", "/orders/behind", *headers)
            said = json.loads(answer.body)
            self.assertEqual(answer.status, 401, answer)
            self.assertEqual((said["reason"], said.get("cause")), ("credential_stripped_upstream", cause), answer)
        self.assert_refused(self.send("GET", "/orders/behind"), 401, "credential_missing")

    def test_a_marker_of_anybody_else_is_nobodys_word(self):
        made_up = ("X-Doorward-Trace", "A" * 79)
        answer = self.send("GET", "/orders/1", ("Host", "application.example"), made_up)
        self.assert_refused(answer, 401, "credential_missing")

    def test_every_refusal_says_whose_it_is(self):
        hop = 'edge-eu; error=http_request_denied; details="reason=scope_insufficient"'
        answer = self.send("GET", "/admin/x", bearer())
        self.assertEqual((answer.status, answer.all("Proxy-Status")), (403, [hop]))
        answer = self.send("GET", "/nowhere")
        self.assertEqual((answer.status, answer.all("Proxy-Status")), (403, ["edge-eu; error=http_request_denied"]))
        self.assertEqual(self.send("GET", "/orders/1", bearer()).all("Proxy-Status"), [])
