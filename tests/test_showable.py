"""Text that may be shown: a database password in an address never is, nor a character that a terminal acts on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.notices import Notice, Severity
from models.showable import HIDDEN, printable, secrets_of, showable, without_secrets, without_secrets_of

SECRET = "Xy7secretZ"  # noqa: S105 - nobody's
NAMES = (
    "password", "passwd", "pwd", "PWD", "sslpassword", "private_key", "private_key_passphrase", "sas_token", "token",
    "access_token", "api_key", "apikey", "motherduck_token", "client_secret", "aws_secret_access_key", "credential",
    "oauth_refresh_token", "sig", "options", "odbc_connect", "authenticator", "keytab", "AccountKey",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sign", ["?", "?sslmode=require&"])
def test_a_secret_parameter_is_masked_whatever_it_is_called(name: str, sign: str) -> None:
    address = f"postgresql://risk@db.bank:5432/book{sign}{name}={SECRET}&application_name=x"
    assert SECRET not in without_secrets(address)
    assert "application_name=x" in without_secrets(address)
    assert secrets_of(address) == [SECRET]


@pytest.mark.parametrize(
    "password",
    [
        SECRET,
        f"a/b{SECRET}",
        f"a@b{SECRET}",
        f"a:b{SECRET}",
        f"%40{SECRET}",
        f"{SECRET}?",
        f"a'{SECRET}",
        f'{SECRET}"b',
        f"a|{SECRET}",
        f"<{SECRET}>",
        f"a b{SECRET}",
        f"`{SECRET} c",
        f"a b@{SECRET}",
    ],
)
def test_the_password_of_an_address_is_masked_also_if_badly_written(password: str) -> None:
    for scheme in ("postgresql", "http", "mssql+pyodbc", "snowflake", "s3"):
        assert SECRET not in without_secrets(f"it: {scheme}://risk:{password}@db.bank/book, no more")


@pytest.mark.parametrize(
    "value", [f"a;{SECRET}", f"a#{SECRET}", f"a'{SECRET}", f'"{SECRET}', f"a|{SECRET}", f"=?{SECRET}"]
)
@pytest.mark.parametrize("name", ["options", "x_key", "%70assword", "sslp%61ssword"])
def test_a_secret_parameter_is_masked_whatever_it_holds_and_however_it_is_written(name: str, value: str) -> None:
    reported = without_secrets(f"'postgresql://risk@db.bank/book?{name}={value}&application_name=x' does not open")
    assert SECRET not in reported
    assert "&application_name=x' does not open" in reported


def test_a_token_before_a_server_and_an_address_within_an_address_are_masked() -> None:
    assert without_secrets(f"http://{SECRET}@mlflow.bank:80/a") == f"http://{HIDDEN}@mlflow.bank:80/a"
    assert SECRET not in without_secrets(f"http://mlflow.bank/?proxy=http%3A%2F%2Fbob%3A{SECRET}%40gate")


def test_what_a_driver_says_of_an_address_is_without_its_secrets_as_they_stand_and_decoded() -> None:
    address = "postgresql://risk:Xy7%20secretZ@db.bank/book"
    said = "connection of risk with 'Xy7 secretZ' (Xy7%20secretZ) failed"
    assert without_secrets_of(address, said) == f"connection of risk with '{HIDDEN}' ({HIDDEN}) failed"


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:5000 does not answer bob@bank.example", "(http://127.0.0.1:5000), ask bob@bank.example",
        "http://h:5000: no answer (bob@bank)", "see http://h/a?b=c, then bob@bank",
    ],
)  # fmt: skip
def test_a_port_is_no_password(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"DRIVER=x;UID=a;PWD={SECRET};",
        f"host=db password={SECRET} user=a",
        f"password = '{SECRET}'",
        f"PWD={{a;{SECRET}}};UID=x",
        f"AccountName=x;AccountKey={SECRET}==",
    ],
)
def test_connection_strings_of_drivers_are_masked(text: str) -> None:
    assert SECRET not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:///mlruns/mlflow.db", "http://127.0.0.1:5000/a?b=c", "set --set section.key=value",
        "models:/x@champion", "postgresql://risk@db.bank/book", "the monkey = 3", "data/raw/demo",
    ],
)  # fmt: skip
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_no_error_and_no_notice_shows_a_secret() -> None:
    address = f"postgresql://risk:{SECRET}@db.bank/book?token={SECRET}"
    error = UserError(rule=f"{address} must open", got=address, remedy=f"check {address}")
    notice = Notice(code="x", severity=Severity.NOTE, subject=address, found=address, remedy=address)
    assert SECRET not in f"{error} {notice}"
    assert f"risk:{HIDDEN}@db.bank" in str(error)


@given(st.text())
def test_no_text_reaches_a_terminal_with_a_control_character(text: str) -> None:
    shown = printable(text)
    acted_on = [sign for sign in shown if sign not in "\n\t" and (ord(sign) < 32 or 127 <= ord(sign) < 160)]
    turned = [
        sign for sign in shown if sign in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ]
    assert not acted_on + turned
    shown.encode("utf-8")  # no half of a surrogate pair is left


@pytest.mark.parametrize(
    "text", ["中国进出口银行", "Société Générale", "Банк", "بنك", "東京 100%", "a\u200cb", "👩\u200d👧"]
)
def test_names_in_any_script_stay_as_they_are(text: str) -> None:
    assert showable(text) == text
