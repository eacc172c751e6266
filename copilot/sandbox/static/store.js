// What the page knows: the directory, the channel on screen, and who one acts as.

export const store = {
  version: 0,
  viewer: "",
  channel: "",
  thread: null, // ts of the parent on screen
  directory: { name: "", url: "", people: [], channels: [], hints: [], shortcuts: [] },
  isHome: false, // the app's Home is on screen, not a channel
  home: null,
  pins: [],
  people: new Map(),
  channels: new Map(),
  messages: new Map(), // ts -> message of the channel on screen
  replies: new Map(), // ts -> message of the thread on screen, its parent included
  private: [],
  sizes: {},
  seen: {},
  hasOlder: false,
  hasNewer: false,
};

export function setDirectory(directory) {
  store.directory = directory;
  store.people = new Map(directory.people.map((person) => [person.id, person]));
  store.channels = new Map(directory.channels.map((channel) => [channel.id, channel]));
}

export const humans = () => store.directory.people.filter((person) => !person.isBot && !person.isDeleted);

export function authorOf(message) {
  if (message.user === "USLACKBOT") {
    return { id: "USLACKBOT", shownName: "Sandbox", initials: "S", colour: "44546a", isBot: true };
  }
  const person = store.people.get(message.user);
  if (person) return { ...person, shownName: message.username || person.shownName };
  const isBot = Boolean(message.bot_id) || message.subtype === "bot_message";
  const id = message.user || message.bot_id || "";
  const name = message.username || (isBot ? "App" : id || "Someone");
  return { id, shownName: name, initials: name[0].toUpperCase(), colour: "5b6470", isBot };
}

export const nameOf = (userId) => store.people.get(userId)?.shownName ?? userId;

const TS = /^(\d+)\.?(\d*)$/;

// Slack timestamps have more digits than a double is sure to keep.
export function compareTs(one, other) {
  const [, seconds1, fraction1] = TS.exec(one) ?? [null, "0", ""];
  const [, seconds2, fraction2] = TS.exec(other) ?? [null, "0", ""];
  return Number(seconds1) - Number(seconds2) || fraction1.padEnd(10, "0").localeCompare(fraction2.padEnd(10, "0"));
}

export const instantOf = (ts) => new Date(Number(ts.split(".")[0]) * 1000);
export const clockOf = (date, seconds = false) => date.toISOString().slice(11, seconds ? 19 : 16);

const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
});
export const dayOf = (ts) => DAY.format(instantOf(ts));

export function pathTo(channel, ts, threadTs) {
  const path = `/archives/${channel}/p${ts.replace(".", "")}`;
  return threadTs && threadTs !== ts ? `${path}?thread_ts=${threadTs}&cid=${channel}` : path;
}

// What an address asks for: {channel, ts, thread}.
export function placeOf(location) {
  const [, , channel = "", link = ""] = location.pathname.split("/");
  const digits = /^p(\d{7,17})$/.exec(link)?.[1];
  const ts = digits ? `${digits.slice(0, -6)}.${digits.slice(-6)}` : null;
  const asked = new URLSearchParams(location.search).get("thread_ts");
  const isHome = location.pathname === "/app";
  return { channel, ts, isHome, thread: asked && TS.test(asked) ? asked : null };
}
