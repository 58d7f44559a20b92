"""What the ways in answer when they do not receive: HTTP's number for the kind, Chinese for people."""

from __future__ import annotations

from mingcha.base.texts import storable


class NotReceivedError(ValueError):
    """Nothing was received. `status` is the HTTP status that says of what kind; `why` and `advice` are Chinese, and may
    hold words of the sender's: they are kept (`receiving.refuse`)."""

    def __init__(self, status: int, why: str, advice: str) -> None:
        why = storable(why)
        super().__init__(f"{why}。{advice}" if advice else why)
        self.status, self.why, self.advice = status, why, advice
