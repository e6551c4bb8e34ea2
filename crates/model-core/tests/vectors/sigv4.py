"""Prints sigv4.json, with botocore's own signatures: pip install botocore, python sigv4.py > sigv4.json."""

import datetime
import json
from unittest import mock
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# The key of AWS's own examples.
KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
RUNTIME = "https://bedrock-runtime.ap-northeast-1.amazonaws.com"
MODELS = "https://bedrock.us-east-1.amazonaws.com/foundation-models"
SAGEMAKER = "https://runtime.sagemaker.ap-northeast-1.amazonaws.com"
JSON = [("content-type", "application/json")]
STREAM = [*JSON, ("accept", "application/vnd.amazon.eventstream")]
TOKYO, VIRGINIA = ("ap-northeast-1", "bedrock"), ("us-east-1", "bedrock")
NOW, LEAP_DAY = "20261122T001530Z", "20240229T235959Z"
SONNET = "/model/apac.anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream"
PROFILE = "arn%3Aaws%3Abedrock%3Aap-northeast-1%3A123456789012%3Ainference-profile%2Fx"
QUESTION = '{"messages":[{"role":"user","content":[{"text":"こんにちは"}]}]}'

CASES = [
    ("converse", "POST", RUNTIME + "/model/amazon.nova-lite-v1%3A0/converse", QUESTION, JSON, None, TOKYO, NOW),
    ("converse stream with a token", "POST", RUNTIME + SONNET, "{}", STREAM, "FwoGZXIvYXdzEXAMPLE//token==", TOKYO, NOW),
    ("arn in the path", "POST", RUNTIME + f"/model/{PROFILE}/converse", '{"a":1.0}', JSON, None, TOKYO, NOW),
    ("no body", "GET", MODELS, "", [], None, VIRGINIA, NOW),
    ("query", "GET", MODELS + "?byProvider=a%20b&byOutputModality=TEXT&a=", "", [], None, VIRGINIA, NOW),
    ("spaces in a header", "POST", RUNTIME + "/model/m/converse", "x", [*JSON, ("x-amz-note", "  two   spaces  here ")], None, TOKYO, NOW),
    ("other day and service", "POST", SAGEMAKER + "/endpoints/e/invocations", "{}", JSON, None, ("ap-northeast-1", "sagemaker"), LEAP_DAY),
]


def signed(name, method, url, body, headers, token, place, timestamp):
    region, service = place
    request = AWSRequest(method=method, url=url, data=body.encode(), headers=dict(headers))
    signer = SigV4Auth(Credentials(KEY_ID, SECRET, token), service, region)
    now = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ")
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        signer.add_auth(request)
    parts = urlsplit(url)
    return {
        "name": name,
        "method": method,
        "host": parts.netloc,
        "path": parts.path,
        "query": parts.query,
        "body": body,
        "headers": [list(header) for header in headers],
        "session_token": token,
        "region": region,
        "service": service,
        "timestamp": timestamp,
        "authorization": request.headers["Authorization"],
    }


cases = [signed(*case) for case in CASES]
vectors = {"access_key_id": KEY_ID, "secret_access_key": SECRET, "cases": cases}
print(json.dumps(vectors, ensure_ascii=False, indent=1))
