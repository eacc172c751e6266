// Everything here is a convenience: each page works without it.
import { watchEpisodes } from "./episodes.js";
import { watchFreshness } from "./freshness.js";
import { watchKeys } from "./keys.js";
import { watchReplay } from "./replay.js";
import { watchSwaps } from "./swap.js";

watchSwaps();
watchEpisodes();
watchKeys();
watchFreshness();
watchReplay();
