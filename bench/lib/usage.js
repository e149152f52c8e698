"use strict";
/*
 * Preloaded (-r) into a measured process: at its end it writes what it took to the file in BENCH_USAGE.
 */
const fs = require("node:fs");

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpu_s: (userCPUTime + systemCPUTime) / 1e6, peak_mb: peakKilobytes(maxRSS) / 1000 };
  fs.writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});

// On Linux maxRSS begins with what the parent process held when it started this one.
function peakKilobytes(maxRSS) {
  if (!fs.existsSync("/proc/self/status")) return maxRSS;
  return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1] ?? maxRSS);
}
