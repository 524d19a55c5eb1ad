"""Chromium's virtual authenticators, which do what a phone or a security key does, without a finger."""

from typing import Any

from playwright.sync_api import CDPSession, Page


class Virtual:
    """One authenticator, plugged into the page's browser; `options` are those of the DevTools protocol."""

    def __init__(self, page: Page, **options: Any) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable", {"enableUI": False})
        phone = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": {**phone, **options}})
        self._id = added["authenticatorId"]

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return kept

    def copy(self) -> None:
        """Replace the only passkey by a copy of its first state, so that its counter begins again."""
        [kept] = self.passkeys
        self._send("removeCredential", credentialId=kept["credentialId"])
        self._send("addCredential", credential={**kept, "signCount": 0})

    def claim_nobody_was_verified(self) -> None:
        self._send("setResponseOverrideBits", isBadUV=True)

    def verify_nobody(self) -> None:
        self._send("setUserVerified", isUserVerified=False)

    def _send(self, command: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._session.send(f"WebAuthn.{command}", {"authenticatorId": self._id, **parameters})
        return answer
