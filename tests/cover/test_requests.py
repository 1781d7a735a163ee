"""Requests that are not Slack's are turned away, quietly."""

import logging
import time
from urllib.parse import urlencode

import pytest

from bot.sandbox.slack.carriers import signature
from tests.kit.cast import TOMS
from tests.kit.stage import SECRET, Stage

FORM = {"command": "/holiday", "text": "24 Dec", "user_id": TOMS, "team_id": "T0METRICS", "trigger_id": "1.2.3"}
BODY = urlencode(FORM).encode()
KIND = {"Content-Type": "application/x-www-form-urlencoded"}


def test_an_unsigned_request_is_refused(stage: Stage) -> None:
    assert stage.slack.send_raw(KIND, BODY)[0] == 401


def test_a_forged_signature_is_refused_and_the_body_is_not_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        status, _ = stage.slack.send_raw({**KIND, **signature("another secret", BODY, int(time.time()))}, BODY)
    assert status == 401
    assert "24+Dec" not in caplog.text
    assert "no time off" in stage.words(TOMS, "/holiday mine")


@pytest.mark.parametrize("age", [-301, 301])
def test_a_stale_request_is_refused(stage: Stage, age: int) -> None:
    headers = {**KIND, **signature(SECRET, BODY, int(time.time()) - age)}
    assert stage.slack.send_raw(headers, BODY)[0] == 401


@pytest.mark.parametrize("sent", ["", "soon", "١٢٣", "1e9", "9" * 40])
def test_a_timestamp_that_is_no_number_is_refused(stage: Stage, sent: str) -> None:
    headers = {**KIND, "X-Slack-Request-Timestamp": sent.encode().decode("latin-1"), "X-Slack-Signature": "v0=00"}
    assert stage.slack.send_raw(headers, BODY)[0] == 401


def test_a_body_that_is_no_text_is_refused(stage: Stage) -> None:
    body = b"\xff\xfe\x00"
    assert stage.slack.send_raw({**KIND, **signature(SECRET, body, int(time.time()))}, body)[0] == 401


def test_the_same_signed_request_twice_declares_once(stage: Stage) -> None:
    headers = {**KIND, **signature(SECRET, BODY, int(time.time()))}
    first, second = stage.slack.send_raw(headers, BODY), stage.slack.send_raw(headers, BODY)
    assert first[0] == second[0] == 200
    assert stage.words(TOMS, "/holiday mine").count("Thu 24 Dec 2026") == 1
