// The bar above the messages while an export plays: incident time, progress, speed, pause.

import { byId, h } from "./dom.js";
import { post } from "./api.js";

const SPEEDS = [1, 10, 30, 60, 120, 300, 600];

let bar = null;

export function showPlayback(playback) {
  const box = byId("playback");
  box.hidden = !playback;
  if (!playback) return;
  bar ??= build(box);
  const isOver = playback.state === "finished";
  const isPaused = playback.state === "paused";
  box.classList.toggle("over", isOver);
  bar.pause.hidden = isOver;
  bar.pause.textContent = isPaused ? "▶ Resume" : "❚❚ Pause";
  bar.pause.onclick = () => post("playback", { action: isPaused ? "resume" : "pause" });
  bar.time.textContent = timeOf(playback.now);
  bar.meter.max = playback.total;
  bar.meter.value = playback.done;
  bar.count.textContent = `${playback.done} of ${playback.total}`;
  bar.words.textContent = words(playback, isOver, isPaused);
  bar.speedLabel.hidden = isOver;
  if (document.activeElement !== bar.speed) choose(bar.speed, playback.speed);
}

function choose(select, speed) {
  const value = String(speed);
  if (![...select.options].some((option) => option.value === value)) select.prepend(speedOption(speed));
  select.value = value;
}

const speedOption = (speed) => h("option", { value: String(speed) }, `${speed}× speed`);

function words(playback, isOver, isPaused) {
  if (isOver) return "Replay finished";
  if (isPaused) return "Replay paused";
  if (playback.skippingMin) return `Nothing is said for a while; skipping ${playback.skippingMin} quiet min`;
  return "Replaying an incident";
}

const timeOf = (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;

function build(box) {
  const made = {
    pause: h("button", { type: "button", class: "button" }),
    time: h("span", { class: "playback-time", title: "Incident time, UTC" }),
    meter: h("progress", { "aria-label": "How much has been played" }),
    count: h("span", { class: "playback-count" }),
    words: h("span", { class: "playback-words" }),
    speed: h("select", { class: "select", "aria-label": "Speed" }),
  };
  made.speed.append(
    ...SPEEDS.map(speedOption),
    h("option", { value: "0" }, "as fast as it goes"),
  );
  made.speed.addEventListener("change", () => post("playback", { action: "speed", speed: Number(made.speed.value) }));
  made.speedLabel = h("span", { class: "playback-speed" }, made.speed);
  const state = h("span", { class: "playback-state" }, made.words, made.time);
  const progress = h("span", { class: "playback-progress" }, made.meter, made.count);
  box.replaceChildren(made.pause, state, progress, made.speedLabel);
  return made;
}
