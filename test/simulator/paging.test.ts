import { expect } from "chai";
import fc from "fast-check";
import { ApiError } from "../../simulator/errors";
import { pageOf } from "../../simulator/paging";

const rules = { path: "/me/tracks", max: 50, usual: 20 };
const page = (length: number, query: string) =>
  pageOf(
    Array.from({ length }, (_, k) => k),
    new URLSearchParams(query),
    rules,
    (entry) => entry,
  );

describe("paging", () => {
  it("gives the first page without being asked for one", () => {
    expect(page(45, "")).to.deep.equal({
      href: "https://api.spotify.com/v1/me/tracks?offset=0&limit=20",
      items: Array.from({ length: 20 }, (_, k) => k),
      limit: 20,
      next: "https://api.spotify.com/v1/me/tracks?offset=20&limit=20",
      offset: 0,
      previous: null,
      total: 45,
    });
  });

  it("keeps the other parameters in its addresses", () => {
    const { href, previous, next } = page(9, "limit=4&additional_types=track,episode&offset=3&market=a%26b");
    const rest = "limit=4&additional_types=track,episode&market=a%26b";
    expect(href).to.equal(`https://api.spotify.com/v1/me/tracks?offset=3&${rest}`);
    expect(previous).to.equal(`https://api.spotify.com/v1/me/tracks?offset=0&${rest}`);
    expect(next).to.equal(`https://api.spotify.com/v1/me/tracks?offset=7&${rest}`);
  });

  it("gives an empty page past the end", () => {
    expect(page(5, "offset=90&limit=10"))
      .to.include({ total: 5, next: null })
      .and.to.deep.include({ items: [] });
  });

  it("covers a list exactly once, forwards by next and backwards by previous", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 50 }), (length, limit) => {
        const seen: unknown[] = [];
        let at: string | null = `?offset=0&limit=${limit}`;
        let last = at;
        while (at !== null) {
          last = at;
          const { items, next, total } = page(length, at.slice(at.indexOf("?") + 1));
          expect(total).to.equal(length);
          seen.push(...items);
          at = next;
        }
        expect(seen).to.deep.equal(Array.from({ length }, (_, k) => k));
        let pages = 0;
        for (at = last; at !== null; pages += 1) at = page(length, at.slice(at.indexOf("?") + 1)).previous;
        expect(pages).to.equal(Math.max(1, Math.ceil(length / limit)));
      }),
      { numRuns: 50 },
    );
  });

  for (const [query, message] of [
    ["limit=51", "Invalid limit"],
    ["limit=0", "Invalid limit"],
    ["limit=-1", "Invalid limit"],
    ["limit=ten", "Invalid limit"],
    ["limit=", "Invalid limit"],
    ["limit=1.5", "Invalid limit"],
    ["offset=-1", "Invalid offset"],
    ["offset=100001", "Invalid offset"],
  ] as const)
    it(`refuses ${query}`, () => {
      expect(() => page(5, query))
        .to.throw(ApiError, message)
        .with.property("status", 400);
    });
});
