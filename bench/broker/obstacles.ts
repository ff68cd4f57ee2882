/** What stands between each row and its goal, as its profile shows it (`node --cpu-prof`, `perf`); empty where nothing does. */
export const OBSTACLES: Readonly<Record<string, string>> = {};
