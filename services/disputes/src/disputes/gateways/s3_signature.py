"""AWS Signature Version 4 of a request without a query, as S3 and what is compatible with it want it.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from pydantic import SecretStr

from shared.base.clock import Moment

_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNED = "host;x-amz-content-sha256;x-amz-date"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and for where."""

    access_key_id: str
    secret_access_key: SecretStr
    region: str

    def headers(
        self, method: str, host: str, path: str, content: bytes, *, moment: Moment
    ) -> dict[str, str]:
        """What the request must carry; `host` with its port when that is unusual, `path` as it goes over the wire.

        `moment` is machine time in UTC: servers refuse what is a quarter of an hour off.
        """
        at, digest = moment.strftime("%Y%m%dT%H%M%SZ"), sha256(content).hexdigest()
        scope = f"{at[:8]}/{self.region}/s3/aws4_request"
        headers = f"host:{host}\nx-amz-content-sha256:{digest}\nx-amz-date:{at}\n"
        request = f"{method}\n{path}\n\n{headers}\n{_SIGNED}\n{digest}"

        wanted = f"{_ALGORITHM}\n{at}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        key = f"AWS4{self.secret_access_key.get_secret_value()}".encode()
        for part in (*scope.split("/"), wanted):
            key = hmac.digest(key, part.encode(), "sha256")

        who = f"{_ALGORITHM} Credential={self.access_key_id}/{scope}"
        return {
            "x-amz-content-sha256": digest,
            "x-amz-date": at,
            "authorization": f"{who}, SignedHeaders={_SIGNED}, Signature={key.hex()}",
        }
