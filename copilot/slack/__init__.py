"""The edge to Slack; everything that imports slack_bolt or slack_sdk."""
