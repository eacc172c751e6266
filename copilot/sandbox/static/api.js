// Talks to the sandbox's own JSON endpoints.

import { toast } from "./dom.js";

export async function get(path, parameters, signal) {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`/sandbox/${path}?${query}`, { signal, cache: "no-store" });
  if (!answer.ok) throw new Error(await reason(answer));
  return answer.json();
}

// Posts, and tells the person what went wrong; resolves to null then.
export async function post(path, body) {
  try {
    const answer = await fetch(`/sandbox/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok) return await answer.json();
    toast(await reason(answer));
  } catch {
    toast("The sandbox does not answer. Nothing was sent; try again in a moment.");
  }
  return null;
}

async function reason(answer) {
  try {
    const body = await answer.json();
    return body.error || "The sandbox could not do that.";
  } catch {
    return `The sandbox answered ${answer.status}.`;
  }
}
