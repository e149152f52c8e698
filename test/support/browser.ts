import * as fs from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

/** Where Debian and others install a browser that tests can drive. */
const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => `/usr/bin/${name}`)
  .find((file) => fs.existsSync(file));

/** A page in a browser, and what has gone wrong on it: errors on its console, and requests for anything but itself. */
export interface OpenPage {
  page: Page;
  troubles: string[];
}

/** What a page is opened with. */
interface PageOptions {
  /** In pixels. */
  width?: number;
  locale?: string;
  /** Whether the page may ask for an address. */
  own: (url: string) => boolean;
  /** What is done before the tests, once there is a browser. */
  prepare?: (page: Page) => Promise<void>;
}

/**
 * Opens one page in one browser for all tests of a block. Where no browser is installed, it says so, and the tests are
 * skipped.
 */
export function openPage({
  width = 1200,
  locale = "en-GB",
  own,
  prepare = async () => undefined,
}: PageOptions): OpenPage {
  let browser: Browser | undefined;
  const opened = { troubles: [] as string[] } as OpenPage;
  before(async function () {
    if (browserPath === undefined) {
      console.warn("No Chromium is installed, so the tests of pages are skipped: apt-get install chromium");
      return this.skip();
    }
    browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
    opened.page = await browser.newPage({ viewport: { width, height: 1000 }, locale });
    watch(opened, own);
    await prepare(opened.page);
  });
  after(() => browser?.close());
  return opened;
}

function watch({ page, troubles }: OpenPage, own: PageOptions["own"]): void {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    if (!own(request.url())) troubles.push(`request for ${request.url()}`);
  });
}

/** Waits until a report has drawn all its charts. */
export function drawn(page: Page): Promise<void> {
  return page.locator("body:not([aria-busy])").waitFor();
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
