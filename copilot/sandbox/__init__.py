"""A pretend Slack workspace on localhost, to try and to test the whole product without Slack."""
