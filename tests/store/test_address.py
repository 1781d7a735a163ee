"""Addresses of stores as people mistype them: a sentence, and no part of a secret."""

import sys
import warnings
from contextlib import closing

import pytest

from bot.config import read
from bot.speech.store_trouble import told
from bot.terminal import cli
from models.store.engine import Store, sqlite_file
from models.store.errors import BadStoreUrl
from tests.kit.refused import troubled

SECRET = "s3cr3t"
MALFORMED = [
    f"postgresql://u:p@{SECRET}@host/db",
    f"postgresql://u:{SECRET}@host:port/db",
    f"postgresql://u:p@host:{SECRET}/db",
    f"postgresql://u:p@host:99999/{SECRET}",
    f"postgresql://u:a@b@c{SECRET}@host",
    f"postgresql://[::1/db:{SECRET}",
    f"{SECRET}",
    f"://u:{SECRET}@host",
    f"host/{SECRET}",
]
WITH_OPTIONS = [
    f"sqlite:///oncall.sqlite?key={SECRET}",
    f"sqlite:///oncall.sqlite?cipher=aes-256-cfb&{SECRET}=1",
    f"sqlite:////srv/oncall.sqlite?{SECRET}=1&key=",
    f"sqlite:///oncall.sqlite?timeout={SECRET}",
    f"sqlite:///oncall.sqlite?mode=ro&cache={SECRET}",
    f"sqlite:///oncall.sqlite?isolation_level={SECRET}",
    f"sqlite+pysqlcipher:///oncall.sqlite?kdf_iter={SECRET}",
    f"sqlite+aiosqlite:///oncall.sqlite?plugin={SECRET}",
    f"sqlite://{SECRET}/oncall.sqlite",
    f"sqlite://u:{SECRET}@/oncall.sqlite",
    f"sqlite://{SECRET}@host:1/oncall.sqlite",
]
UNUSABLE = [
    f"postgresql://host/db?plugin={SECRET}",
    f"postgresql://host/db?port={SECRET}",
    f"postgresql://host/db?host=a:1&host=b:{SECRET}",
    f"postgresql://host/db?host=a&host=b&port=1&port=2&port={SECRET}",
    f"postgres://host/db?plugin={SECRET}&plugin=b",
]
HOLDS_SECRETS = [
    f"postgresql://u:{SECRET}@host/db",
    f"postgresql://host/db?password={SECRET}",
    f"postgresql://host/db?sslpassword={SECRET}",
    f"postgresql://host/db?passfile={SECRET}&sslmode=require",
    f"postgresql://u:p@host/db?sslkey={SECRET}&sslpassword={SECRET}&password={SECRET}",
    f"postgresql://host/db?anything={SECRET}",
    f"postgresql://u:a%40{SECRET}@host/db",
]


@pytest.mark.parametrize("url", MALFORMED)
@pytest.mark.parametrize("look", [Store, sqlite_file])
def test_what_is_no_address_is_a_sentence_without_it(url: str, look: object) -> None:
    with pytest.raises(BadStoreUrl) as bad:
        look(url)  # type: ignore[operator]
    assert SECRET not in told(bad.value)
    assert "address" in told(bad.value)


@pytest.mark.parametrize("url", [*WITH_OPTIONS, *UNUSABLE])
def test_what_an_address_cannot_have_is_a_sentence_and_no_warning(url: str) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(BadStoreUrl) as bad:
            Store(url)
    assert warned == []
    assert SECRET not in told(bad.value)
    assert "address" in told(bad.value)
    assert bad.value.__suppress_context__


@pytest.mark.parametrize("url", HOLDS_SECRETS)
def test_an_address_is_shown_without_what_is_secret(url: str) -> None:
    shown = Store(url).shown_url
    assert SECRET not in shown
    assert "host" in shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("postgres://u:p@host/db", "postgresql://u:***@host/db"),
        ("postgresql://u:p@host/db", "postgresql://u:***@host/db"),
        ("postgresql+psycopg2://host/db", "postgresql+psycopg2://host/db"),
        ("postgresql+asyncpg://host/db", "postgresql+asyncpg://host/db"),
        ("postgresql+pg8000://host/db", "postgresql+pg8000://host/db"),
        ("sqlite+aiosqlite:///a.sqlite", "sqlite+aiosqlite:///a.sqlite"),
    ],
)
def test_a_store_is_meant_however_its_driver_is_called(typed: str, shown: str) -> None:
    assert read({"ONCALL_DATABASE": typed}).database_url == typed
    with closing(Store(typed)) as store:
        assert store.shown_url == shown
        assert store.engine.driver == ("pysqlite" if store.is_sqlite else "psycopg")


@pytest.mark.parametrize("url", ["postgresql://host/db", "postgres://host/db", "postgresql+asyncpg://host/db"])
def test_a_missing_driver_names_the_extra(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with troubled(BadStoreUrl, r"\[postgres\]"):
        Store(url)


@pytest.mark.parametrize("url", [*MALFORMED, *WITH_OPTIONS, *UNUSABLE])
def test_the_terminal_says_it_and_shows_no_traceback(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bot", "--database", url, "plan", "show"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert SECRET not in said.out + said.err
    assert "Traceback" not in said.err
    assert "Warning" not in said.err
