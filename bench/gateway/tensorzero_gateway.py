"""Starts TensorZero's embedded gateway, prints its address, and stays until its standard input ends."""

import sys
import warnings

warnings.simplefilter("ignore")
import openai
import tensorzero

client = openai.OpenAI(api_key="none")
tensorzero.patch_openai_client(client, config_file=sys.argv[1], clickhouse_url=None, async_setup=False)
print(client.base_url, flush=True)
sys.stdin.read()
