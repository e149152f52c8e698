import { expect } from "chai";
import type { Results } from "../../bench/lib/results";
import { fitLine, growthFacts, limitsOf } from "../../scripts/growth";

const spread = (median: number) => ({ median, min: median, max: median });

/** Figures of parts that grow by straight lines, as far as growth reads them. */
function resultsOf(parts: Record<string, object>): Results {
  const machine = { cpu: "", cores: 2, memory_gb: 8, node: "", system: "" };
  const about = { machine, date: "", commit: "", seconds: 1, options: {} };
  return Object.fromEntries(Object.entries(parts).map(([part, figures]) => [part, { ...about, figures }]));
}

const results = resultsOf({
  calls: {
    libraries: [50, 200].map((playlists) => ({
      ...{ playlists, listeners: 1, state_bytes: 1000 + 100 * playlists },
      days: [{ day: "typical", daily: 10 + playlists / 50, plays: 24 }],
    })),
  },
  transform: {
    limits: { memory_mb: 1769, timeout_s: 300 },
    sizes: [1000, 3000].map((items) => ({
      items,
      measured: [
        { contender: "csv", cpu_s: spread(99), peak_mb: spread(99) },
        { contender: "parquet", cpu_s: spread(1 + items / 1000), peak_mb: spread(100 + items / 100) },
      ],
    })),
  },
  years: {
    lakes: [1, 12].flatMap((months) =>
      [false, true].map((sealed) => ({
        ...{ months, sealed, partitions: 21 * months },
        ...{
          raw_bytes: 5e6 * months,
          bytes: sealed ? 2e6 * months : 7e6 * months,
          plays_bytes: 3e5 * months,
        },
        queries: [
          { lists: months, gets: 9 * months, bytes: 2 ** 20 * months },
          { lists: 1, gets: 1, bytes: 1 },
        ],
      })),
    ),
  },
});

const profile = { name: "ten", listeners: 10, playlists: 100, items: 5000, months: 24 };

describe("the growth of what has limits", () => {
  it("fits a line by least squares, and a level one through points of one place", () => {
    expect(
      fitLine([
        { x: 1, y: 3 },
        { x: 3, y: 7 },
      ]),
    ).to.deep.equal({ base: 1, slope: 2 });
    expect(fitLine([0, 2, 1].map((y, x) => ({ x, y })))).to.deep.equal({ base: 0.5, slope: 0.5 });
    expect(
      fitLine([
        { x: 5, y: 1 },
        { x: 5, y: 3 },
      ]),
    ).to.deep.equal({ base: 2, slope: 0 });
  });

  it("follows the measured points, for a profile between and beyond them", () => {
    const values = limitsOf(results).map(({ what, value }) => [what, Math.round(value(profile))]);
    expect(Object.fromEntries(values)).to.deep.equal({
      "Spotify's calls on a typical day": 10 * (34 + 2),
      "The daily run of extract": (10 * (10 + 2)) / 4,
      "The state object": 10 * (1000 + 100 * 100),
      "Transform of one stream's day": 6,
      "Memory of transform": 150,
      "Partitions in Glue": 21 * 24,
      "S3 requests of the widest query": Math.round((10 * 10 * 24) / 5500),
      "Bytes of the widest query": 10 * 24,
    });
  });

  it("tells what a month adds, once months are sealed", () => {
    expect(growthFacts(results)).to.deep.equal([
      "A month of one listener adds 5.0 MB to raw and 2.0 MB to the lake; 0.3 MB of that are plays, 50 a day.",
    ]);
  });

  it("leaves out what was not measured", () => {
    expect([limitsOf({}), growthFacts({})]).to.deep.equal([[], []]);
    const { calls } = results;
    expect(limitsOf({ calls: calls! })).to.have.length(3);
  });
});
