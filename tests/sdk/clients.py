"""The vendors' stock clients, each pointed at a place, with no tries of their own."""

import anthropic
import boto3
import openai
from botocore.config import Config
from double_bedrock import ACCESS, REGION, SECRET
from google import genai
from google.genai import types

QUESTION = "粗大ごみの手数料はいくらですか。「①②③」\n\t<script>&amp;"
SYSTEM = "日本語で答える。"
TOOL = "get_weather"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
ANSWER_SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
# One dot, as a picture.
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
CHAT_TOOL = {"type": "function", "function": {"name": TOOL, "description": "天気", "parameters": SCHEMA}}
RESPONSES_TOOL = {"type": "function", "name": TOOL, "description": "天気", "parameters": SCHEMA, "strict": True}
MESSAGES_TOOL = {"name": TOOL, "description": "天気", "input_schema": SCHEMA}


def openai_at(base_url, key, **more):
    return openai.OpenAI(base_url=base_url, api_key=key, **{"max_retries": 0, **more})


def anthropic_at(url, key, **more):
    """`url` is without the `/v1` that this client adds by itself."""
    return anthropic.Anthropic(base_url=url, api_key=key, **{"max_retries": 0, **more})


def gemini_at(url, key):
    options = types.HttpOptions(base_url=url, api_version="v1beta", timeout=60_000)
    return genai.Client(api_key=key, vertexai=False, http_options=options)


def bedrock_at(url, secret=SECRET):
    return boto3.client(
        "bedrock-runtime", region_name=REGION, endpoint_url=url, aws_access_key_id=ACCESS,
        aws_secret_access_key=secret, config=Config(retries={"total_max_attempts": 1}),
    )
