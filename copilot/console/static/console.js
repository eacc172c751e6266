// Everything here is a convenience: each page works without it.
import { watchEpisodes } from "./episodes.js";
import { watchFreshness } from "./freshness.js";
import { watchKeys } from "./keys.js";
import { watchReplay } from "./replay.js";
import { watchReviewing } from "./reviewing.js";
import { watchSwaps } from "./swap.js";
import { watchTicks } from "./ticks.js";
import { watchUnsent } from "./unsent.js";

watchUnsent();
watchTicks();
watchSwaps();
watchEpisodes();
watchKeys();
watchFreshness();
watchReplay();
watchReviewing();
