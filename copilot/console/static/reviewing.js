// What the review page does beside showing claims. It notes how long a claim was open and which
// source was followed; neither is waited for, and a line that gets lost is no harm.

export function watchReviewing() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#source a[href]:not([data-swap]), .claim .refs a[href]");
    const claim = link && (link.closest("[data-claim]") ?? openClaim());
    if (claim) note(claim.dataset.claim, "followed");
  }, true);
  document.addEventListener("merged", (event) => {
    const news = document.getElementById("news");
    if (news && event.detail.isQuiet) news.textContent = `Others were at work: ${progress()}`;
  });
  document.addEventListener("pointerover", (event) => sayOwnTime(event.target.closest?.("time")));
  document.addEventListener("leaving", left);
  window.addEventListener("pagehide", left);
}

function progress() {
  return document.getElementById("progress")?.textContent ?? "";
}

// By the reader's own clock, where the server does not know it.
function sayOwnTime(time) {
  if (!time || time.title) return;
  const own = new Date(time.dateTime);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!Number.isNaN(own.valueOf())) time.title = `for you ${own.toLocaleString()} (${zone})`;
}

function openClaim() {
  return document.querySelector(".claim.is-open");
}

function left() {
  const claim = openClaim();
  if (claim) note(claim.dataset.claim, "opened", claim.querySelector("[name=opened_at]")?.value);
}

function note(claim, what, openedAt = "") {
  const review = document.querySelector("[data-review]");
  const token = document.querySelector("[name=form_token]")?.value;
  if (!review || !token || !claim) return;
  const body = new URLSearchParams({ form_token: token, opened_at: openedAt });
  fetch(`${review.dataset.review}/claims/${claim}/${what}`, {
    method: "POST",
    credentials: "same-origin",
    keepalive: true,
    body,
  }).catch(() => {});
}
