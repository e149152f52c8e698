import * as fs from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

/** Where Debian and others install a browser that tests can drive. */
const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => `/usr/bin/${name}`)
  .find((file) => fs.existsSync(file));

/** Starts a browser without a window; undefined, and says so, where none is installed. */
export async function openBrowser(): Promise<Browser | undefined> {
  if (browserPath !== undefined)
    return chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  console.warn("No Chromium is installed, so the tests of pages are skipped: apt-get install chromium");
  return undefined;
}

/** Returns what goes wrong on a page from now on: errors on its console, and requests for anything but itself. */
export function watch(page: Page, own: (url: string) => boolean): string[] {
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    if (!own(request.url())) troubles.push(`request for ${request.url()}`);
  });
  return troubles;
}

/** Returns the serious findings of axe (https://github.com/dequelabs/axe-core) on a page, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
