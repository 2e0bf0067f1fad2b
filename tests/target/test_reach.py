"""How a target is reached as its profile says: further headers, a proxy, certificates. In a run and in its bundles."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.target.http.request import trace_id
from tests.failures.bundling import FAULT, run_pytest, run_script
from tests.target.http.relays import ending_tls, proxy
from tests.target.http.servers import server

KEY, LOGIN = "a-key-that-nobody-may-see", "user:pass%2Fword-of-the-proxy"
SECRETS = ("a-key-that-nobody-may-see", "pass/word-of-the-proxy", "pass%2Fword-of-the-proxy")
RUN = ("run", "--phases", "preflight,conformance", "--max-failures", "1", "--seed", "3", "--report", "json,har,html")


@dataclass
class Site:
    """A folder with certificates and a profile, and servers that live as long as the test. Mutable."""

    folder: Path
    sandbox: Sandbox
    open: Callable[[AbstractContextManager[str]], str]
    authority: trustme.CA = field(default_factory=trustme.CA)
    seen: list[bytes] = field(default_factory=list)
    proxied: list[bytes] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment |= self.sandbox.env
        self.authority.cert_pem.write_to_path(self.folder / "ca.pem")
        client = self.authority.issue_cert("client.example")
        client.private_key_pem.write_to_path(self.folder / "client.key")
        for number, part in enumerate(client.cert_chain_pems):
            part.write_to_path(self.folder / "client.pem", append=number > 0)
        client.private_key_and_cert_chain_pem.write_to_path(self.folder / "both.pem")
        trustme.CA().issue_cert("stranger.example").private_key_pem.write_to_path(self.folder / "stranger.key")

    def over_tls(self, *, asks_for_certificate: bool = False) -> str:
        """The address of the sandbox behind TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1").configure_cert(context)
        if asks_for_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)
        return self.open(server(ending_tls(self.sandbox.address, self.seen), tls=context))

    def proxy(self, *, login: str = "") -> str:
        return self.open(server(proxy(self.proxied, login=login)))

    def calfuzz(self, address: str, profile: str, *arguments: str) -> Result:
        """A command with the target at this address, and these lines in its profile."""
        text = profile_yaml(self.sandbox).replace(self.sandbox.address, address)
        (self.folder / "target.yaml").write_text(f"{text}rate_limit: 1000/s\n{profile}\n", encoding="utf-8")
        command, *rest = arguments
        return CliRunner(env=self.environment).invoke(
            main, [command, "--target", str(self.folder / "target.yaml"), *rest], catch_exceptions=False
        )

    def failure(self) -> dict[str, Any]:
        (failure,) = json.loads(Path(".calfuzz/reports/latest/report.json").read_text(encoding="utf-8"))["failures"]
        return failure

    def check_bundle(self) -> Path:
        """The bundle of the one failure, which fails on this target in each of its forms."""
        bundle = Path(self.failure()["bundle"]).absolute()
        script = run_script(bundle / "repro.sh", folder=self.folder, **self.environment)
        assert (1, "") == (script.returncode, script.stderr)
        test = run_pytest(bundle / "test_failure.py", folder=self.folder, **self.environment)
        assert 1 == test.returncode, test.stdout
        assert "assert 200 == 422" in test.stdout
        return bundle

    def left_behind(self) -> str:
        return "".join(path.read_text("utf-8") for path in Path(".calfuzz").rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT) as running:
        yield running


@pytest.fixture
def site(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    # Whoever used the environment's proxy would reach nothing.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with ExitStack() as stack:
        yield Site(tmp_path / "profiles", sandbox, stack.enter_context)


def test_headers_of_the_profile_are_on_every_request_and_in_the_bundle_and_secret_ones_are_written_nowhere(
    site: Site,
) -> None:
    site.environment["API_KEY"] = KEY
    address = site.open(server(ending_tls(site.sandbox.address, site.seen)))
    result = site.calfuzz(address, "headers: {X-On-Behalf-Of: 1a2b3c, X-Api-Key: {env: API_KEY}}", *RUN)

    assert 1 == result.exit_code, result.output
    ran = len(site.seen)
    bundle = site.check_bundle()
    assert ran < len(site.seen)
    steps = [head for head in site.seen if b"calendar_syncs" in head or b"external_calendar_items" in head]
    assert steps
    assert all("x-on-behalf-of: 1a2b3c" in head.decode().lower() for head in steps)
    assert all(f"x-api-key: {KEY}" in head.decode().lower() for head in steps)
    description = json.loads((bundle / "failure.json").read_text(encoding="utf-8"))
    assert {"X-On-Behalf-Of": "1a2b3c", "X-Api-Key": {"env": "API_KEY"}} == description["target"]["headers"]
    assert '"X-Api-Key: $API_KEY"' in site.left_behind().replace("\\", "")
    assert KEY not in site.left_behind() + result.output
    without = run_script(bundle / "repro.sh", **{**site.environment, "API_KEY": ""})
    assert (3, True) == (without.returncode, "API_KEY" in without.stdout)
    replayed = site.calfuzz(address, "headers: {X-On-Behalf-Of: '9'}", "replay", str(bundle))
    assert 1 == replayed.exit_code
    assert b"X-On-Behalf-Of: 9" in site.seen[-1]


@pytest.mark.parametrize("tls", [False, True], ids=["forwarding", "tunnelling"])
def test_a_run_and_its_bundle_go_through_the_proxy_with_its_login(site: Site, tls: bool) -> None:
    address = site.over_tls() if tls else site.sandbox.address
    site.environment["THE_PROXY"] = site.proxy(login="user:pass/word-of-the-proxy").replace("//", f"//{LOGIN}@")
    lines = "proxy: {env: THE_PROXY}\n" + ("ca_bundle: ca.pem" if tls else "")
    result = site.calfuzz(address, lines, *RUN)

    assert 1 == result.exit_code, result.output
    assert site.proxied
    assert tls is all(head.startswith(b"CONNECT 127.0.0.1:") for head in site.proxied)
    ran = len(site.proxied)
    bundle = site.check_bundle()
    assert ran + 6 <= len(site.proxied)
    assert {"env": "THE_PROXY"} == json.loads((bundle / "failure.json").read_text("utf-8"))["target"]["proxy"]
    left = site.left_behind() + result.output
    assert [] == [secret for secret in SECRETS if secret in left]


@pytest.mark.parametrize("tls", [False, True])
def test_a_proxy_that_asks_for_a_login_ends_the_run_and_says_so(site: Site, tls: bool) -> None:
    address = site.over_tls() if tls else site.sandbox.address
    lines = f"proxy: {site.proxy(login='me:secret')}\n" + ("ca_bundle: ca.pem" if tls else "")
    result = site.calfuzz(address, lines, *RUN)

    assert 3 == result.exit_code
    assert "407" in result.output
    assert [] == site.seen


@pytest.mark.parametrize("files", ["{cert: client.pem, key: client.key}", "{cert: both.pem}"])
def test_a_run_and_its_bundle_show_the_client_certificate_and_trust_the_bundle(site: Site, files: str) -> None:
    address = site.over_tls(asks_for_certificate=True)
    result = site.calfuzz(address, f"client_certificate: {files}\nca_bundle: ca.pem", *RUN)

    assert 1 == result.exit_code, result.output
    bundle = site.check_bundle()
    target = json.loads((bundle / "failure.json").read_text(encoding="utf-8"))["target"]
    assert "ca.pem" == target["ca_bundle"]
    assert target["client_certificate"]["cert"] in files
    assert str(site.folder) not in (bundle / "repro.sh").read_text(encoding="utf-8")
    assert "--cacert ca.pem --cert" in " ".join(site.left_behind().replace("\\", "").split())


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ("", "name its authority as ca_bundle"),
        ("verify_tls: false", "name one as client_certificate"),
        ("ca_bundle: ca.pem", "name one as client_certificate"),
    ],
)
def test_what_tls_lacks_is_said_with_the_field_that_gives_it(site: Site, profile: str, says: str) -> None:
    result = site.calfuzz(site.over_tls(asks_for_certificate=True), profile, *RUN)

    assert 3 == result.exit_code
    assert says in result.output


def test_a_target_whose_certificate_nobody_is_to_look_at_has_a_bundle_that_does_not_look(site: Site) -> None:
    result = site.calfuzz(site.over_tls(), "verify_tls: false", *RUN)

    assert 1 == result.exit_code, result.output
    assert "--insecure" in (site.check_bundle() / "repro.sh").read_text(encoding="utf-8")


def test_a_loopback_address_behind_a_proxy_is_not_this_machines(site: Site) -> None:
    path = site.folder / "kept.yaml"
    text = profile_yaml(site.sandbox).replace("disposable_staff: true", f"proxy: {site.proxy()}")
    path.write_text(text, encoding="utf-8")
    result = CliRunner(env=site.environment).invoke(main, ["run", "--target", str(path)])

    assert 2 == result.exit_code
    assert "is not a loopback address of this machine behind a proxy and disposable_staff is not true" in result.stderr
    assert [] == site.proxied


def test_reports_lead_from_the_request_that_failed_to_its_logs(site: Site) -> None:
    template = "logs: 'https://logs.example/{trace_id}?q={request_id}'"
    result = site.calfuzz(site.sandbox.address, template, *RUN)
    html = Path(".calfuzz/reports/latest/report.html").read_text(encoding="utf-8")
    links = re.findall(r'href="https://logs\.example/([0-9a-f]{32})\?q=(calfuzz-[0-9a-f]{8}-[0-9]+)"', html)

    assert len(links) >= 3
    for trace, request_id in links:
        assert trace_id(request_id) == trace
    assert f"https://logs.example/{links[-1][0]}?q={links[-1][1]}\n" in result.stdout


WRONG = [
    ("headers: [a]", "headers is a list, and must be a mapping"),
    ("headers: {X-A: 7}", "headers.X-A must be a text, in quotes if it is a number, or {env: NAME}"),
    ("headers: {X-A: {evn: B}}", "headers.X-A must be a text"),
    ("headers: {'X A': b}", "headers names 'X A', which is no name of a header"),
    ("headers: {authorization: b}", "headers names Authorization, which is made of the tokens"),
    ("headers: {X-Request-Id: b}", "headers names X-Request-Id, which calfuzz sets itself"),
    ("headers: {traceparent: b}", "headers names traceparent, which calfuzz sets itself"),
    ("logs: https://logs.example/", "logs lacks {request_id}, or {trace_id}, in whose place"),
    ("logs: 'logs.example/{request_id}'", "logs is not an http or https address"),
    ("logs: 'javascript:alert({request_id})'", "logs is not an http or https address"),
    ("logs: 'https://{request_id}'", "logs is not an http or https address"),
    ("logs: 'https://me:hunter2@logs.example/{request_id}'", "logs carries a password"),
    ("logs: 'https://logs.example/{request_id}/{staff}'", "logs is not an http or https address"),
    ("logs: 'https://logs.example/{request_id}\" onclick=x'", "logs is not an http or https address"),
    ("logs: 7", "logs is a number, and must be a text"),
    ("headers: {X-A: b, x-a: c}", "headers names a header twice"),
    ("headers: {X-A: ''}", "headers holds a text for X-A that is empty"),
    ('headers: {X-A: "a\\nb"}', "headers holds a text for X-A that is empty, or not printable ASCII"),
    ("headers: {X-A: '{env: B}'}", "headers holds a text for X-A that looks like a variable"),
    ("headers: {X-A: {env: NOT_SET}}", "headers.X-A names the environment variable NOT_SET, which is not set"),
    ("headers: {X-A: {env: TWO_LINES}}", "headers.X-A names TWO_LINES, whose value is not printable ASCII"),
    ("proxy: proxy.example:3128", "proxy is not an http or https address"),
    ("proxy: socks5://proxy.example:3128", "proxy is not an http or https address"),
    ("proxy: http://proxy.example/path", "proxy has a path"),
    ("proxy: http://me:hunter2@proxy.example", "proxy carries a password: write {env: NAME}"),
    ("proxy: {env: NOT_SET}", "proxy names the environment variable NOT_SET, which is not set"),
    ("proxy: {env: TWO_LINES}", "proxy names TWO_LINES, whose value is not an http or https address"),
    ("ca_bundle: absent.pem", "ca_bundle names absent.pem, which is not a file of certificates"),
    ("ca_bundle: client.key", "ca_bundle names client.key, which is not a file of certificates"),
    ("ca_bundle: ca.pem\nverify_tls: false", "ca_bundle is given, and verify_tls is false"),
    ("ca_bundle: ca.pem\nverify_tls: ca.pem", "ca_bundle is given, and verify_tls names another file"),
    ("client_certificate: client.pem", "client_certificate is a text, and must be a mapping of cert, key"),
    ("client_certificate: {key: client.key}", "client_certificate.cert is missing"),
    ("client_certificate: {cert: absent.pem}", "client_certificate names a file that cannot be read: No such file"),
    ("client_certificate: {cert: client.pem}", "client_certificate is not a certificate and its key in PEM"),
    ("client_certificate: {cert: client.pem, key: stranger.key}", "client_certificate holds a key that is not the"),
    ("ca_bundel: ca.pem", "ca_bundel is no field of a target profile: is ca_bundle meant?"),
]


@pytest.mark.parametrize(("line", "says"), WRONG, ids=[line for line, _ in WRONG])
def test_a_way_to_the_target_that_cannot_be_used_is_said_with_its_line(site: Site, line: str, says: str) -> None:
    site.environment["TWO_LINES"] = "hunter2\nhunter2"
    result = site.calfuzz(site.sandbox.address, line, "run")
    number = (site.folder / "target.yaml").read_text(encoding="utf-8").splitlines().index(line.splitlines()[0]) + 1

    assert 2 == result.exit_code
    assert f"error: target profile target.yaml:{number}: {says}" in result.stderr
    assert 2 == len(result.stderr.strip().splitlines())
    assert "hunter2" not in result.output
