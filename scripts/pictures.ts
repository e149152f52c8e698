/** Makes the pictures of the report that the docs show. */
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const pictures = path.join(__dirname, "../docs/pictures");

async function main(folder = ".local"): Promise<void> {
  const file = path.resolve(folder, "report.html");
  if (!fs.existsSync(file)) throw new Error(`There is no report in ${folder}; npm start makes one.`);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1180 }, locale: "en-GB" });
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: path.join(pictures, "report.png") });
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]!.startTime,
    );
    const kilobytes = Math.ceil(fs.statSync(file).size / 1000);
    console.log(`${file}: ${kilobytes} kB, first paint after ${Math.round(paint)} ms`);
  } finally {
    await browser.close();
  }
}

main(process.argv[2]).catch((error: Error) => {
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = 1;
});
