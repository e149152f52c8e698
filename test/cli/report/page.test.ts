import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { reportHtml } from "../../../cli/report/html";
import type { PageAnswer, ReportData } from "../../../cli/report/reportData";
import { answerText } from "../../../cli/query/print";
import { drawn, openPage, seriousFindings } from "../../support/browser";
import { barsOf, column, dotsOf, lineOf, linesOf, widthsOf } from "../../support/charts";
import { liveDays, type LivedLake } from "../../support/livedLake";
import { localTime } from "../../support/localTime";
import { reportOf } from "../../support/reportPage";

const timezone = "Europe/Berlin";
const ago = new Intl.RelativeTimeFormat("de-DE", { numeric: "auto" });
const german = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 1 });

describe("the report in a browser", function () {
  this.timeout(120_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "report-"));
  const file = path.join(dir, "report.html");
  let lived: LivedLake | undefined;
  let data: ReportData;
  const isOwn = (url: string) => url === pathToFileURL(file).href || url.startsWith("blob:");
  const opened = openPage({
    ...{ width: 1600, locale: "de-DE", own: isOwn },
    async prepare(blank) {
      lived = await liveDays(3, timezone);
      const { answers, days } = lived;
      for (const name of ["all_plays", "artist_plays", "playlist_changes"]) await answers.keep(name);
      data = await reportOf(answers, localTime(days.at(-1)!.readAt, timezone).day, timezone);
      fs.writeFileSync(file, reportHtml(data));
      await blank.goto(pathToFileURL(file).href);
      page = blank;
      await drawn(page);
    },
  });
  let page: Page;
  after(() => {
    lived?.answers.close();
    fs.rmSync(dir, { recursive: true });
  });
  const bars = (id: string, mark: string) => barsOf(page, id, mark);
  const lines = (id: string, part: string) => linesOf(page, id, part);

  it("answers every question, in less than 1.5 MB", () => {
    for (const [id, { error }] of Object.entries(data.answers)) expect(error, id).to.equal(undefined);
    expect(fs.statSync(file).size).to.be.below(1_500_000);
  });

  it("draws the numbers of its queries", async () => {
    const { answers } = data;
    const daily = await bars("listening_by_day", "values");
    expect(daily.filter((plays) => plays > 0)).to.deep.equal(column(answers.listening_by_day!, "plays"));
    const means = await lineOf(page, "listening_by_day", "mean");
    for (const [at, mean] of column(answers.listening_by_day!, "plays_a_day").entries())
      expect(means[at], `mean of day ${at}`).to.be.closeTo(Number(mean), 0.1);
    expect(means).to.have.length(daily.length);
    expect(await bars("calls_used", "values")).to.deep.equal(column(answers.calls_used!, "calls"));
    const monthly = answers.discoveries_per_month!;
    expect(await bars("discoveries_per_month", "tracks")).to.deep.equal(column(monthly, "new_tracks"));
    expect(await bars("discoveries_per_month", "artists")).to.deep.equal(column(monthly, "new_artists"));
    const saved = answers.saved_and_heard!;
    const parts = ["heard_lately", "heard_before", "never_heard"].map((name) => column(saved, name));
    expect(await bars("saved_and_heard", "values")).to.deep.equal(
      parts[0]!.flatMap((_, at) => parts.map((part) => part[at])),
    );
    const top = answers["top_artists/28"]!;
    expect(await lines("top_artists", ".name")).to.deep.equal(column(top, "artist_name").slice(0, 10));
    expect((await lines("top_artists", ".value")).map(Number)).to.deep.equal(
      column(top, "plays").slice(0, 10),
    );
    const widths = await widthsOf(page, "top_artists");
    const plays = column(top, "plays").slice(0, 10).map(Number);
    for (const [at, width] of widths.entries())
      expect(width).to.be.closeTo((100 * plays[at]!) / plays[0]!, 0.01);
    const decades = (await lines("release_decades", ".value")).map(Number);
    expect(decades).to.deep.equal(column(answers.release_decades!, "tracks"));
  });

  it("lists the numbers of its queries, and draws pairs and growth from them", async () => {
    const { answers } = data;
    const numbers = async (id: string) => (await lines(id, ".value")).map(Number);
    const listed: [string, PageAnswer, string][] = [
      ["top_tracks_played", answers["top_tracks_played/28"]!, "plays"],
      ["top_albums", answers["top_albums/28"]!, "plays"],
    ];
    for (const [id, answer, name] of listed)
      expect(await numbers(id), id).to.deep.equal(column(answer, name).slice(0, 10));
    const sizes = column(answers.playlist_summary!, "items").map(Number);
    expect(await numbers("playlist_summary")).to.deep.equal(
      sizes.sort((one, other) => other - one).slice(0, 12),
    );
    const statuses = column(answers.runs!, "status");
    const counts = ["complete", "partial", "failed"].map(
      (name) => statuses.filter((one) => one === name).length,
    );
    expect(await numbers("runs")).to.deep.equal(counts);
    const complete = answers.completeness!;
    const parts = ["up_to_date", "outdated", "skipped", "not_yet_read"];
    expect(await numbers("completeness")).to.deep.equal(parts.map((name) => column(complete, name)[0]));
    const overlap = answers.playlist_overlap!;
    const [one, other] = ["playlist_id", "other_playlist_id"].map((name) => column(overlap, name));
    const names = [...new Set(overlap.rows.flatMap((_, at) => [one![at], other![at]]))].slice(0, 12);
    const shared = column(overlap, "shared_tracks").filter(
      (_, at) => names.includes(one![at]) && names.includes(other![at]),
    );
    // Each pair stands in the matrix twice.
    expect(
      (await page.locator("#card-playlist_overlap .numbers text").allTextContents()).map(Number),
    ).to.deep.equal(shared.flatMap((tracks) => [tracks, tracks]));
    const growth = new Map<unknown, number>();
    const ids = column(answers.playlist_growth!, "playlist_id");
    for (const [at, grownBy] of column(answers.playlist_growth!, "grown_by").entries())
      growth.set(ids[at], (growth.get(ids[at]) ?? 0) + Number(grownBy ?? 0));
    const most = [...growth.values()].map(Math.abs).sort((a, b) => b - a);
    const last = async (at: number) => (await lineOf(page, "playlist_growth", `growth-${at}`)).at(-1)!;
    for (let at = 0; at < 5; at += 1)
      expect(Math.abs(Math.round(await last(at))), `growth ${at}`).to.equal(most[at]);
  });

  it("lists what it names with the numbers of its queries", async () => {
    const { answers } = data;
    const listed: [id: string, numbers: string, text?: (value: number) => string][] = [
      ["freshness", "days_ago", (days) => ago.format(-days, "day")],
      ["skips_by_reason", "entries"],
      ["podcasts_followed", "hours_heard", (hours) => `${german.format(hours)} h`],
    ];
    for (const [id, numbers, text = german.format] of listed) {
      const values = column(answers[id]!, numbers).map(Number);
      if (id !== "freshness") values.sort((one, other) => other - one);
      expect(values, id).not.to.be.empty;
      expect(await lines(id, ".value"), id).to.deep.equal(
        values.slice(0, id === "podcasts_followed" ? 10 : undefined).map(text),
      );
    }
    const [left] = column(answers.token_days_left!, "days_left");
    expect(await page.locator("#card-token_days_left .big").textContent()).to.equal(
      left === null ? "–not known" : `${Number(left)}days left`,
    );
    const year = answers.year_in_review!;
    const facts = await page.locator("#card-year_in_review dd").allTextContents();
    expect(facts.join()).to.include(`${german.format(Number(column(year, "plays")[0]))} plays`);
    expect([facts[1], facts[4]]).to.deep.equal([
      `${String(column(year, "top_artist")[0])}${String(column(year, "top_artist_plays")[0])} plays`,
      `${String(column(year, "artists")[0])}${String(column(year, "new_artists")[0])} of them new`,
    ]);
    const calls = column(answers.calls_used!, "calls").map(Number);
    expect(await page.locator(".flow strong").first().textContent()).to.equal(
      `${german.format(calls.reduce((sum, count) => sum + count))} calls`,
    );
  });

  it("draws gaps, forgotten favourites and podcasts as their queries have them", async () => {
    const { play_gaps, forgotten_favourites, podcasts_against_music } = data.answers;
    const minutes = column(play_gaps!, "minutes").map(Number).reverse().slice(0, 10);
    expect(minutes).not.to.be.empty;
    const widths = await widthsOf(page, "play_gaps");
    expect(widths).to.have.length(minutes.length);
    for (const [at, width] of widths.entries())
      expect(width).to.be.closeTo((100 * minutes[at]!) / Math.max(...minutes), 0.01);

    const names = column(forgotten_favourites!, "track_name").slice(0, 8);
    const artists = column(forgotten_favourites!, "artist_name").slice(0, 8);
    const list = page.locator("#card-forgotten_favourites .lines");
    expect(names).not.to.be.empty;
    expect(await list.locator(".name").allTextContents()).to.deep.equal(names);
    const details = await list.locator("small").allTextContents();
    expect(details.map((text) => text.split(" · ")[0])).to.deep.equal(artists);

    const parts = ["music_hours", "podcast_hours"].map((name) => column(podcasts_against_music!, name));
    expect(parts[1]).not.to.be.empty;
    expect(await bars("podcasts_against_music", "values")).to.deep.equal(
      parts[0]!.flatMap((_, at) => parts.map((part) => Math.round(Number(part[at])))),
    );
  });

  it("shades each hour by its plays, and places what came and what went on its day", async () => {
    const { rows, columns } = data.answers["listening_by_hour/28"]!;
    const fills = await page
      .locator("#card-listening_by_hour .values rect")
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute("fill")));
    const most = Math.max(...column(data.answers["listening_by_hour/28"]!, "plays").map(Number));
    const expected = Array<string>(7 * 24).fill("var(--shade-0)");
    for (const row of rows) {
      const [weekday, hour, plays] = ["weekday", "hour_of_day", "plays"].map((name) =>
        Number(row[columns.indexOf(name)]),
      );
      expected[(weekday! - 1) * 24 + hour!] = `var(--shade-${Math.ceil((6 * plays!) / most)})`;
    }
    expect(fills).to.deep.equal(expected);
    const changes = data.answers.playlist_changes!;
    for (const change of ["added", "removed"]) {
      const counts = new Map<string, number>();
      for (const row of changes.rows) {
        const [id, day, kind] = ["playlist_id", "noticed_at", "change"].map((name) =>
          String(row[changes.columns.indexOf(name)]).slice(0, name === "noticed_at" ? 10 : undefined),
        );
        if (kind === change) counts.set(`${id} ${day}`, (counts.get(`${id} ${day}`) ?? 0) + 1);
      }
      const dots = await dotsOf(page, "playlist_changes", change);
      expect(dots.sort(), change).to.deep.equal([...counts.values()].sort());
    }
  });

  it("compares the period that is chosen, in the reader's numbers, and follows the keyboard", async () => {
    const tile = page.locator(".tile strong").first();
    const plays = (period: number) => {
      const summary = data.answers.period_summary!;
      const row = summary.rows.find((one) => one[summary.columns.indexOf("days")] === period)!;
      return german.format(Number(row[summary.columns.indexOf("plays")]));
    };
    expect(await tile.textContent()).to.equal(plays(28));
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowLeft");
    await drawn(page);
    expect(await page.locator("input:checked").getAttribute("value")).to.equal("7");
    expect(await tile.textContent()).to.equal(plays(7));
    expect((await lines("top_artists", ".value")).map(Number)).to.deep.equal(
      column(data.answers["top_artists/7"]!, "plays").slice(0, 10),
    );
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const open = page.locator("#card-listening_by_day details[open] pre");
    expect(await open.textContent()).to.equal(data.answers.listening_by_day!.sql);
    await page.keyboard.press("Enter");
    await page.locator("input[value='28']").check({ force: true });
    await drawn(page);
  });

  it("saves the rows of every card as the command line prints them", async () => {
    const csv = async ({ sql }: PageAnswer) => answerText(await lived!.answers.lake.query(sql), "csv");
    const download = page.waitForEvent("download");
    await page.locator("#card-top_artists .csv").click();
    const saved = await download;
    expect(saved.suggestedFilename()).to.equal("top_artists.csv");
    const top = data.answers["top_artists/28"]!;
    expect(fs.readFileSync(await saved.path(), "utf8")).to.equal(await csv(top));
    // What a browser would save: one after another in no time, it leaves some out.
    const texts = await page.evaluate(async () => {
      const blobs: Blob[] = [];
      const [create, click] = [URL.createObjectURL, HTMLAnchorElement.prototype.click];
      URL.createObjectURL = (blob) => (blobs.push(blob as Blob), "blob:");
      HTMLAnchorElement.prototype.click = () => undefined;
      const buttons = [...document.querySelectorAll<HTMLElement>(".card .csv")];
      for (const button of buttons) button.click();
      [URL.createObjectURL, HTMLAnchorElement.prototype.click] = [create, click];
      const ids = buttons.map((button) => button.closest(".card")!.id.replace("card-", ""));
      return Promise.all(blobs.map(async (blob, at) => [ids[at]!, await blob.text()] as const));
    });
    expect(texts).to.have.length.above(18);
    for (const [id, text] of texts)
      expect(text, id).to.equal(await csv((data.answers[id] ?? data.answers[`${id}/28`])!));
  });

  for (const width of [1600, 800, 375])
    it(`is legible and reachable at ${width} pixels, in both themes`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await drawn(page);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const inner = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(inner, colorScheme).to.be.at.most(width);
        const empty = await page.locator(".card:not(.empty):not([hidden]) .chart:empty").count();
        expect(empty, colorScheme).to.equal(0);
        // One look at each theme, of the widest page and the narrowest.
        if (width === (colorScheme === "light" ? 1600 : 375))
          expect(await seriousFindings(page), colorScheme).to.deep.equal([]);
      }
    });

  it("has asked nobody for anything, and met no error", () => {
    expect(opened.troubles).to.deep.equal([]);
  });
});
