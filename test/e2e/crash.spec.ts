import { survivesKills } from './crash.js';

survivesKills(20);
