"""The headers that tell the application who the caller is: nobody but us writes them."""

import wire
from server import Running
from tokens import ISSUER, bearer

SERVER = """
underscores_in_headers on;
ignore_invalid_headers off;
server {
    listen PORT;
    doorward on;
    doorward_policy policy.toml;
    location / { proxy_pass http://UPSTREAM; }
    location /unguarded/ { doorward off; proxy_pass http://UPSTREAM; }
    location /orders/named {
        proxy_set_header X-User $doorward_subject;
        proxy_set_header X-Issuer $doorward_issuer;
        proxy_set_header X-Doorward-Subject "";
        proxy_pass http://UPSTREAM;
    }
    location /asked/ { doorward off; auth_request /ask; proxy_pass http://UPSTREAM; }
    location = /ask { internal; proxy_pass http://UPSTREAM/open/ask; }
    location /open/mirrored { mirror /mirror; proxy_pass http://UPSTREAM; }
    location = /mirror { internal; proxy_pass http://UPSTREAM$request_uri; }
}
# A server without a policy, beside one with a policy.
server {
    listen PORT;
    server_name bare.example;
    location / { proxy_pass http://UPSTREAM; }
}
server {
    listen PORT;
    server_name behind.example;
    doorward_identity_headers off;
    doorward on;
    doorward_policy policy.toml;
    location / { proxy_pass http://UPSTREAM; }
}
"""

SPELLINGS = [
    "X-Doorward-Subject",
    "x-doorward-subject",
    "X-DOORWARD-SUBJECT",
    "X_Doorward_Subject",
    "x_doorward-subject",
    "x-doorward_subject",
    "X.Doorward.Subject",
    "X-Doorward-Issuer",
    "X-Doorward-Outcome",
    "X-Doorward-Anything",
    "X-Doorward",
    "X-DoorwardSubject",
]


class Identity(Running):
    HTTP = SERVER

    def test_the_application_learns_who_it_is(self):
        seen = self.seen(self.send("GET", "/orders/1", bearer("robot-7")))
        self.assertEqual(
            seen.identity(),
            {"x-doorward-outcome": "allow", "x-doorward-issuer": ISSUER, "x-doorward-subject": "robot-7"},
        )

    def test_inbound_copies_are_replaced(self):
        inbound = [(name, "eve") for name in SPELLINGS]
        seen = self.seen(self.send("GET", "/orders/1", *inbound, bearer("robot"), *inbound))
        self.assertEqual(
            seen.identity(),
            {"x-doorward-outcome": "allow", "x-doorward-issuer": ISSUER, "x-doorward-subject": "robot"},
        )

    def test_inbound_copies_are_removed_on_an_open_route(self):
        for name in SPELLINGS:
            seen = self.seen(self.send("GET", "/open/x", (name, "eve")))
            self.assertEqual(seen.identity(), {"x-doorward-outcome": "allow"}, name)

    def test_inbound_copies_are_removed_where_doorward_is_off(self):
        for name in SPELLINGS:
            self.assertEqual(self.seen(self.send("GET", "/unguarded/x", (name, "eve"))).identity(), {}, name)

    def test_inbound_copies_are_removed_in_servers_without_a_policy(self):
        headers = [("Host", "bare.example"), *((name, "eve") for name in SPELLINGS)]
        self.assertEqual(self.seen(self.send("GET", "/x", *headers)).identity(), {})

    def test_identity_headers_can_be_left_alone(self):
        headers = [("Host", "behind.example"), ("X-Doorward-Subject", "from the gateway before")]
        seen = self.seen(self.send("GET", "/open/x", *headers))
        self.assertEqual(seen.identity(), {"x-doorward-subject": "from the gateway before"})

    def test_subrequests_see_no_inbound_copies(self):
        count = len(self.nginx.upstream.requests)
        self.send("GET", "/asked/x", ("X-Doorward-Subject", "eve"), ("X-Other", "kept"))
        for raw in self.nginx.upstream.requests[count:]:
            self.assertNotIn(b"eve", raw)
            self.assertIn(b"X-Other: kept", raw)
        self.assertEqual(len(self.nginx.upstream.requests), count + 2)

    def test_a_mirror_sees_the_judged_path_and_our_headers_only(self):
        count = len(self.nginx.upstream.requests)
        self.send("GET", "/open/mirrored/./%7e?x", ("X-Doorward-Subject", "eve"))
        self.nginx.wait(lambda: len(self.nginx.upstream.requests) == count + 2, "no mirror")
        for raw in self.nginx.upstream.requests[count:]:
            self.assertTrue(raw.startswith(b"GET /open/mirrored/~?x "), raw)
            self.assertNotIn(b"eve", raw)

    def test_everything_else_stays_in_its_place(self):
        """Every place in the list of headers, which has parts of twenty."""
        for position in (0, 1, 17, 18, 19, 20, 21, 38, 39, 40, 41, 60):
            others = [(f"X-Other-{number}", str(number)) for number in range(60)]
            sent = [*others[:position], ("X-Doorward-Subject", "eve"), *others[position:], bearer("robot")]
            seen = self.seen(self.send("GET", "/orders/1", *sent))
            self.assertEqual([header for header in seen.headers if header[0].startswith("X-Other")], others)
            self.assertEqual(seen.identity()["x-doorward-subject"], "robot")

    def test_a_full_part_of_the_list_has_no_room_for_more(self):
        for count in range(10, 45):
            others = [(f"X-Other-{number}", str(number)) for number in range(count)]
            seen = self.seen(self.send("GET", "/orders/1", ("X-Doorward-Subject", "eve"), *others, bearer("robot")))
            self.assertEqual([header for header in seen.headers if header[0].startswith("X-Other")], others)
            self.assertEqual(len(seen.identity()), 3)

    def test_only_inbound_copies_and_nothing_else(self):
        with wire.Connection(self.nginx.port) as connection:
            lines = "".join(f"{name}: eve\r\n" for name in SPELLINGS * 5)
            connection.send(f"GET /open/x HTTP/1.0\r\n{lines}\r\n".encode())
            self.assertEqual(self.seen(connection.answer()).identity(), {"x-doorward-outcome": "allow"})

    def test_names_that_only_begin_alike_are_kept(self):
        kept = [("X-Door", "1"), ("X-Doorwar", "2"), ("XDoorward-Subject", "3"), ("Y-Doorward-Subject", "4")]
        seen = self.seen(self.send("GET", "/open/x", *kept))
        self.assertEqual([header for header in seen.headers if header in kept], kept)

    def test_values_are_visible_ascii_and_no_two_become_one(self):
        for subject, expected in [
            ("jörg", "j%C3%B6rg"),
            ("a b", "a%20b"),
            ("a%20b", "a%2520b"),
            ("a\r\nX-Admin: yes", "a%0D%0AX-Admin:%20yes"),
            ("a\tb\x7f\x00", "a%09b%7F%00"),
            ("spiffe://prod.example/ns/a", "spiffe://prod.example/ns/a"),
            ("\U0001f511", "%F0%9F%94%91"),
        ]:
            seen = self.seen(self.send("GET", "/orders/1", bearer(subject)))
            self.assertEqual(seen.identity()["x-doorward-subject"], expected)
            self.assertEqual(seen.all("X-Admin"), [])

    def test_variables_give_the_same_in_headers_of_ones_own(self):
        seen = self.seen(self.send("GET", "/orders/named", bearer("jörg")))
        self.assertEqual((seen.all("X-User"), seen.all("X-Issuer")), (["j%C3%B6rg"], [ISSUER]))
        self.assertNotIn("x-doorward-subject", seen.identity())

    def test_a_connection_remembers_nobody(self):
        with wire.Connection(self.nginx.port) as connection:
            for headers, target in [([bearer("robot")], "/orders/1"), ([], "/open/x"), ([], "/unguarded/x")]:
                connection.send(wire.request("GET", target, headers, close=False))
                seen = self.seen(connection.answer())
                self.assertEqual("x-doorward-subject" in seen.identity(), bool(headers))
