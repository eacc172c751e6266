// The short names seen most in incident channels; others are shown as they are written.

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", eyes: "👀", tada: "🎉", fire: "🔥",
  rotating_light: "🚨", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  rocket: "🚀", wave: "👋", pray: "🙏", clap: "👏", raised_hands: "🙌", ok_hand: "👌", muscle: "💪",
  heart: "❤️", green_heart: "💚", blue_heart: "💙", purple_heart: "💜", yellow_heart: "💛",
  smile: "😄", smiley: "😃", grin: "😁", laughing: "😆", joy: "😂", rolling_on_the_floor_laughing: "🤣",
  sweat_smile: "😅", slightly_smiling_face: "🙂", simple_smile: "🙂", upside_down_face: "🙃", wink: "😉",
  blush: "😊", thinking_face: "🤔", thinking: "🤔", face_with_rolling_eyes: "🙄", grimacing: "😬",
  sob: "😭", cry: "😢", disappointed: "😞", worried: "😟", confused: "😕", open_mouth: "😮", scream: "😱",
  tired_face: "😫", sleeping: "😴", sunglasses: "😎", facepalm: "🤦", face_palm: "🤦", shrug: "🤷",
  man_shrugging: "🤷‍♂️", woman_shrugging: "🤷‍♀️", see_no_evil: "🙈", hear_no_evil: "🙉", speak_no_evil: "🙊",
  skull: "💀", ghost: "👻", robot_face: "🤖", bug: "🐛", hammer: "🔨", wrench: "🔧", hammer_and_wrench: "🛠️",
  gear: "⚙️", lock: "🔒", key: "🔑", memo: "📝", pencil: "✏️", bulb: "💡", mag: "🔍", bell: "🔔", mega: "📣",
  loudspeaker: "📢", pushpin: "📌", round_pushpin: "📍", link: "🔗", calendar: "📆", date: "📅",
  clock1: "🕐", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", clipboard: "📋",
  package: "📦", computer: "💻", floppy_disk: "💾", satellite: "🛰️", electric_plug: "🔌", battery: "🔋",
  fire_engine: "🚒", ambulance: "🚑", construction: "🚧", octagonal_sign: "🛑", no_entry: "⛔",
  no_entry_sign: "🚫", recycle: "♻️", arrows_counterclockwise: "🔄", rewind: "⏪", fast_forward: "⏩",
  arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️", question: "❓", exclamation: "❗",
  heavy_plus_sign: "➕", heavy_minus_sign: "➖", red_circle: "🔴", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", star: "⭐", sparkles: "✨", zap: "⚡", boom: "💥", coffee: "☕", beer: "🍺", beers: "🍻",
  pizza: "🍕", cake: "🍰", 100: "💯", point_up: "☝️", point_down: "👇", point_right: "👉", point_left: "👈",
  crossed_fingers: "🤞", v: "✌️", handshake: "🤝", salute: "🫡", saluting_face: "🫡", melting_face: "🫠",
  partying_face: "🥳", face_with_monocle: "🧐", nauseated_face: "🤢", snail: "🐌", turtle: "🐢", whale: "🐳",
  ballot_box_with_check: "☑️", information_source: "ℹ️", speech_balloon: "💬", triangular_flag_on_post: "🚩",
  label: "🏷️", ticket: "🎫", books: "📚", book: "📖", detective: "🕵️", sleuth_or_spy: "🕵️", new: "🆕", ok: "🆗",
  herb: "🌿", stew: "🍲", ramen: "🍜", soap: "🧼", headphones: "🎧", fries: "🍟", salad: "🥗", seedling: "🌱", cactus: "🌵", palm_tree: "🌴", evergreen_tree: "🌲", deciduous_tree: "🌳",
  four_leaf_clover: "🍀", maple_leaf: "🍁", fallen_leaf: "🍂", mushroom: "🍄", sunflower: "🌻", rose: "🌹",
  tulip: "🌷", cherry_blossom: "🌸", bouquet: "💐", cat: "🐱", dog: "🐶", mouse: "🐭", rabbit: "🐰", fox_face: "🦊",
  bear: "🐻", panda_face: "🐼", koala: "🐨", lion_face: "🦁", cow: "🐮", pig: "🐷", frog: "🐸", monkey: "🐒",
  penguin: "🐧", bird: "🐦", bee: "🐝", ant: "🐜", spider: "🕷", octopus: "🐙", unicorn_face: "🦄", elephant: "🐘",
  crab: "🦀", dolphin: "🐬", snake: "🐍", popcorn: "🍿", doughnut: "🍩", cookie: "🍪", birthday_cake: "🎂",
  tea: "🍵", tropical_drink: "🍹", apple: "🍎", banana: "🍌", lemon: "🍋", grapes: "🍇", watermelon: "🍉",
  avocado: "🥑", egg: "🥚", bread: "🍞", cheese_wedge: "🧀", hamburger: "🍔", taco: "🌮", sun: "☀️", cloud: "☁️",
  umbrella: "☂️", rainbow: "🌈", snowflake: "❄️", ocean: "🌊", moon: "🌔", earth: "🌍", globe: "🌐", house: "🏠",
  office: "🏢", hospital: "🏥", bank: "🏦", store: "🏬", bike: "🚲", car: "🚗", bus: "🚌", train: "🚆",
  airplane: "✈️", anchor: "⚓", bomb: "💣", dart: "🎯", trophy: "🏆", medal: "🏅", guitar: "🎸", microphone: "🎤",
  camera: "📷", tv: "📺", telephone: "☎️", envelope: "✉️", email: "📧", inbox_tray: "📥", outbox_tray: "📤",
  file_folder: "📁", open_file_folder: "📂", scissors: "✂️", paperclip: "📎", shield: "🛡️", syringe: "💉",
  pill: "💊", broom: "🧹", bucket: "🪣", toolbox: "🧰", ladder: "🪜", magnet: "🧲", microscope: "🔬",
  telescope: "🔭", thermometer: "🌡️", brain: "🧠", eye: "👁️", ear: "👂", nose: "👃", footprints: "👣", baby: "👶",
  zombie: "🧟", mage: "🧙", ninja: "🥷", crown: "👑", eyeglasses: "👓", balloon: "🎈", gift: "🎁",
  confetti_ball: "🎊", ribbon: "🎀", crystal_ball: "🔮", game_die: "🎲", jigsaw: "🧩", chess_pawn: "♟️",
  hole: "🕳️", dizzy: "💫", droplet: "💧", volcano: "🌋", wind: "🌬️",
};

export const QUICK = ["+1", "eyes", "star"];

export const PICKER = [
  "+1", "eyes", "white_check_mark", "star", "pushpin", "memo", "no_entry_sign", "fire", "rotating_light", "tada", "pray",
];

export function emoji(name) {
  const plain = name.split("::")[0];
  return Object.hasOwn(EMOJI, plain) ? EMOJI[plain] : null;
}

export const shownEmoji = (name) => emoji(name) ?? `:${name}:`;
