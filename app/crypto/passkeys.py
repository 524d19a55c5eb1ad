"""Passkeys (WebAuthn Level 3): registrations and assertions, checked by the `webauthn` package."""

import hashlib
from dataclasses import dataclass, field

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException

#: EdDSA, ECDSA and, for Windows, RSA; the first that an authenticator knows.
ALGORITHMS = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
#: Of the secret that an authenticator derives from the salt (PRF, or hmac-secret).
SECRET_BYTES = 32

# Ids as the standard limits them; no key that we take comes near it.
_LONGEST = 1023
# What the library lets through of malformed answers, besides its own errors; found by fuzzing.
_MALFORMED = (WebAuthnException, ValueError, TypeError, LookupError, RecursionError)


class Rejected(Exception):
    """The answer is not what a passkey of this site gives to this challenge."""


class Copied(Exception):
    """The counter did not go up: somebody else may use a copy of this passkey."""


@dataclass(frozen=True)
class Site:
    """The site of a passkey: a host name, and the one origin where it may be used."""

    host: str
    origin: str

    @property
    def salt(self) -> bytes:
        """What an authenticator derives a passkey's secret from: fixed, and no secret itself."""
        return hashlib.sha256(b"quietword/1 passkey-salt " + self.host.encode()).digest()


@dataclass(frozen=True)
class NewPasskey:
    credential: bytes
    public_key: bytes = field(repr=False)
    count: int


@dataclass(frozen=True)
class Claim:
    """Which passkey an assertion claims to come from, and which user; nothing is checked yet."""

    credential: bytes
    user: bytes


def check_registration(response: str, site: Site, challenge: bytes) -> NewPasskey:
    """Return the passkey that a verified person made for this challenge; raise `Rejected`."""
    try:
        verified = verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=list(ALGORITHMS),
        )
    except _MALFORMED as error:
        raise Rejected from error
    if max(len(verified.credential_id), len(verified.credential_public_key)) > _LONGEST:
        raise Rejected
    return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count)


def read_claim(response: str) -> Claim:
    """Return what an assertion claims; raise `Rejected` when it is none."""
    try:
        read = parse_authentication_credential_json(response)
    except _MALFORMED as error:
        raise Rejected from error
    return Claim(read.raw_id, read.response.user_handle or b"")


def check_assertion(response: str, site: Site, challenge: bytes, *, public_key: bytes, count: int) -> int:
    """Return the passkey's new counter; raise `Rejected`, or `Copied` where all but the counter is right."""
    try:
        verified = verify_authentication_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            # The library would compare before it has checked who signed, and anybody could cry "copy".
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise Rejected from error
    # Passkeys that are kept on several devices do not count: zero for ever.
    if (verified.new_sign_count or count) and verified.new_sign_count <= count:
        raise Copied
    return verified.new_sign_count
