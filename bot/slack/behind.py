"""The private answer behind a form: what stands in its place once the form has made it untrue.

No app can edit it but by the response_url of the press that opened the form, good for half an hour. That is a secret:
it goes with the form to Slack, from which it came, comes back when the form is sent, and is kept nowhere.
"""

from typing import Any

MOST = 3_000  # characters that a view may carry
APART = "\n"  # between what the bot gave the form and the address; JSON has none


def carrying(modal: dict[str, Any], response_url: str) -> dict[str, Any]:
    """The modal with the address of the answer that it was opened from, if it can be sent and has room for it."""
    whole = f"{modal.get('private_metadata', '')}{APART}{response_url}"
    if not response_url or "callback_id" not in modal or len(whole) > MOST:
        return modal
    return {**modal, "private_metadata": whole}


def carried(view: dict[str, Any]) -> tuple[str, str]:
    """What the bot gave a form that was sent, and the address; nothing for none."""
    whole = view.get("private_metadata") or ""
    about, apart, address = whole.rpartition(APART)
    return (about, address) if apart else (whole, "")
