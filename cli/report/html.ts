import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildOptions } from "esbuild";
import { keptOutput, sha256 } from "../../cloud/keptOutput";
import { projectDir } from "../lib/command";
import { pack } from "./packing";
import type { ReportData, ServedData } from "./reportData";

/** Script and style of a page, minified. */
interface Bundle {
  script: string;
  style: string;
}

const pageFolder = path.join(__dirname, "page");

/**
 * Returns the report as one page with all that it needs. Its Content-Security-Policy allows this script and this style,
 * and no connection at all.
 */
export function reportHtml(data: ReportData): string {
  const { script, style } = bundlePage("main");
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return pageHtml({ script, style }, data, head);
}

/** Returns the report with a box for queries, and the policy that its server sends with it: it may ask that server only. */
export function servedHtml(data: ServedData): { html: string; policy: string } {
  const { script, style } = bundlePage("served");
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    ...["default-src 'none'", `script-src ${hashOf(script)}`, "connect-src 'self'", "img-src data:"],
    // The editor writes a style element of its own.
    `style-src ${hashOf(style)} 'nonce-${nonce}'`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join("; ");
  return { html: pageHtml({ script, style }, data, `<meta name="nonce" content="${nonce}">`), policy };
}

/** Returns a page that shows `data`; `head` is added to its head. */
function pageHtml({ script, style }: Bundle, data: ReportData, head: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<link rel="icon" href="data:,">
<title>Spotify lake</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws its charts with JavaScript, which is switched off here.</noscript>
<script type="application/json" id="data">${jsonInHtml(pack(data))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that ends no script element and no comment: https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Bundles `page/<name>.ts`, unless the same sources were bundled before. */
function bundlePage(name: string): Bundle {
  const bundled = () => JSON.stringify({ script: built(`${name}.ts`), style: built("style.css") });
  return JSON.parse(keptOutput("spotify-data-pipeline-page", name, sourcesHash(), bundled)) as Bundle;
}

/** The page's own sources, and the lock of the packages that they use. */
function sourcesHash(): string {
  const own = fs.readdirSync(pageFolder, { recursive: true, withFileTypes: true });
  const files = own.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const report = ["html", "listeners", "packing", "questions", "skipReasons"].map(
    (one) => `cli/report/${one}.ts`,
  );
  const shared = ["package-lock.json", "cli/lib/csv.ts", ...report];
  const all = [...files.sort(), ...shared.map((one) => path.join(projectDir, one))];
  return sha256(...all.flatMap((file) => [file, fs.readFileSync(file)]));
}

function built(file: string): string {
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const options: BuildOptions = {
    absWorkingDir: projectDir,
    entryPoints: [path.join(pageFolder, file)],
    write: false,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    alias: { "csv-stringify/sync": "csv-stringify/browser/esm/sync" },
  };
  return buildSync({ ...options, write: false })
    .outputFiles[0]!.text.trim()
    .replaceAll("</script", "<\\/script");
}
