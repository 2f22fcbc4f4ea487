"""What the README shows works as it is shown."""

import os
import re
import unittest
from pathlib import Path

from server import MODULE, Nginx

README = (Path(__file__).parent.parent / "README.md").read_text()

USER = "user root; " if os.geteuid() == 0 else ""
# Where nginx may write without being root.
TEMPORARY = "".join(f"{kind}_temp_path temp/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def block(language: str, about: str = "") -> str:
    """The first block of this language that speaks of something."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(text for text in blocks if about in text)


class Readme(unittest.TestCase):
    def setUp(self):
        self.nginx = Nginx("", {"orders.toml": block("toml"), "jwks.json": '{"keys":[]}'})
        self.addCleanup(self.nginx.stop)
        folder = self.nginx.folder
        self.nginx.write("401.html", "please sign in")
        text = block("nginx")
        for shown, used in [
            ("modules/ngx_http_doorward_module.so", MODULE),
            ("/var/log/nginx/access.log", str(folder / "access.log")),
            ("/var/www/errors;", f"{folder};"),
            ("listen 8080;", f"listen 127.0.0.1:{self.nginx.port};"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.nginx.upstream.port}"),
            ("events { }", USER + "daemon off; pid nginx.pid; error_log error.log info; events { }"),
            ("http {\n", "http {\n" + TEMPORARY),
        ]:
            self.assertIn(shown, text)
            text = text.replace(shown, used)
        self.text = text

    def run_with(self, text: str) -> None:
        self.nginx.write("nginx.conf", text)
        self.nginx.start()

    def test_the_configuration_is_good_and_guards(self):
        self.run_with(self.text)
        answer = self.nginx.send("GET", "/v1/orders/7")
        self.assertEqual((answer.status, answer.body), (401, b"please sign in"))
        self.assertEqual(answer.all("WWW-Authenticate"), ['Bearer realm="orders"'])
        self.assertEqual(self.nginx.send("GET", "/nginx-health").status, 204)
        self.assertEqual(self.nginx.send("GET", "/forgotten").status, 403)
        self.assertEqual(self.nginx.send("GET", "/401.html").status, 404)

    def test_the_status_is_for_operators(self):
        location = block("nginx", "/doorward-status")
        self.run_with(self.text.replace("location / {", location + "location / {", 1))
        answer = self.nginx.send("GET", "/doorward-status")
        self.assertEqual(answer.status, 200)
        self.assertIn(b"https://idp.example", answer.body)
        self.assertEqual(self.nginx.send("GET", "/doorward-status?format=json").one("Content-Type"), "application/json")

    def test_the_status_is_for_nobody_else(self):
        location = block("nginx", "/doorward-status").replace("allow 127.0.0.1;", "")
        self.run_with(self.text.replace("location / {", location + "location / {", 1))
        self.assertEqual(self.nginx.send("GET", "/doorward-status").status, 403)

    def test_the_answer_is_the_one_that_is_shown(self):
        self.run_with(self.text.replace("error_page 401 /401.html;", ""))
        answer = self.nginx.send("GET", "/v1/orders/7")
        self.assertIn(f"\n{answer.line}\n", README)
        for name in ("Content-Type", "WWW-Authenticate"):
            self.assertIn(f"\n{name}: {answer.one(name)}\n", README)
        self.assertIn(f"\n\n{answer.body.decode()}\n```", README)
