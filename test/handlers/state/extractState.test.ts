import { expect } from "chai";
import {
  changeContainer,
  keepContainers,
  listenerState,
  parseState,
  releaseLease,
  reserve,
  reservedOn,
  takeLease,
} from "../../../handlers/state/extractState";

const now = "2026-11-22T04:15:00.000Z";
const later = "2026-11-22T04:30:00.000Z";
const wanted = { event: "e", run: "r", expires: later };

describe("state", () => {
  it("begins empty, and reads back what it was", () => {
    const first = parseState(undefined);
    expect(first).to.deep.include({ format: 1, counter: 0, lease: null, read_seq: 0 });
    expect(parseState(JSON.stringify(first))).to.deep.equal(first);
  });

  for (const text of ["{", "null", '{"format":2}', "[]"])
    it(`refuses ${text} with a sentence`, () => {
      expect(() => parseState(text))
        .to.throw(/state\/extract\.json .* deploy the version that wrote it/)
        .with.property("code", "state_unknown");
    });

  it("gives a free or an expired lease, and one of the same event", () => {
    const empty = parseState(undefined);
    const leases = [
      null,
      { event: "other", run: "x", expires: now },
      { event: "e", run: "x", expires: later },
    ];
    for (const lease of leases) {
      const taking = takeLease({ ...empty, lease }, wanted, now);
      expect(taking).to.deep.include({ outcome: "taken" });
      if (taking.outcome === "taken") expect(taking.state.lease).to.deep.equal(wanted);
    }
    const held = { event: "other", run: "x", expires: later };
    expect(takeLease({ ...empty, lease: held }, wanted, now)).to.deep.equal({
      outcome: "held",
      lease: held,
    });
  });

  it("remembers the last 20 events that were served", () => {
    let state = parseState(undefined);
    for (let event = 0; event < 25; event += 1) state = releaseLease(state, `e${event}`, true);
    expect(state.finished_events).to.have.length(20);
    expect(takeLease(state, { ...wanted, event: "e5" }, now).outcome).to.equal("finished");
    expect(takeLease(state, { ...wanted, event: "e4" }, now).outcome).to.equal("taken");
    expect(releaseLease(state, "failed", false).finished_events).not.to.include("failed");
  });

  it("counts calls by day", () => {
    const state = reserve(reserve(parseState(undefined), "2026-11-22", 20), "2026-11-22", -5);
    expect(reservedOn(state, "2026-11-22")).to.equal(15);
    expect(reservedOn(reserve(state, "2026-11-23", 4), "2026-11-23")).to.equal(4);
  });

  it("forgets containers that left the list, of that stream and listener alone", () => {
    let state = parseState(undefined);
    for (const key of ["playlist_items/a", "playlist_items/b", "playlist:x/x"])
      for (const listener of ["me", "you"])
        state = changeContainer(state, listener, key, () => ({ waiting_since: now }));
    const kept = keepContainers(state, "me", "playlist_items", ["b"]);
    expect(Object.keys(listenerState(kept, "me").containers)).to.deep.equal([
      "playlist_items/b",
      "playlist:x/x",
    ]);
    expect(Object.keys(listenerState(kept, "you").containers)).to.have.length(3);
  });
});
