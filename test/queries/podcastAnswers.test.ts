import { expect } from "chai";
import { build, close, header, page } from "../support/rawObjects";
import { Answers } from "../support/answers";
import { expectedPodcasts } from "../support/expectedPodcasts";
import { liveDays, type LivedLake } from "../support/livedLake";

describe("views and named queries of podcasts", function () {
  this.timeout(120_000);

  describe("answer what the simulated listener did", () => {
    let lived: LivedLake;
    let expected: ReturnType<typeof expectedPodcasts>;
    before(async () => {
      lived = await liveDays(5, "UTC");
      expected = expectedPodcasts(lived);
    });
    after(() => lived.answers.close());
    const values = (sql: string) => lived.answers.values(sql);

    it("current_saved_shows and current_saved_audiobooks", async () => {
      const order = "order by list_position";
      expect(
        await values(`select show_id, show_name, total_episodes from current_saved_shows ${order}`),
      ).to.deep.equal(expected.current_saved_shows);
      expect(
        await values(`select audiobook_id, author_names from current_saved_audiobooks ${order}`),
      ).to.deep.equal(expected.current_saved_audiobooks);
    });

    it("unfinished_episodes", async () => {
      const rows = await lived.answers.answer("unfinished_episodes");
      expect(rows.map(([, place, name, , left]) => [place, name, left])).to.deep.equal(
        expected.unfinished_episodes,
      );
      expect(rows).not.to.be.empty;
    });

    it("podcasts_followed", async () => {
      const rows = await lived.answers.answer("podcasts_followed");
      expect(rows.map(([, show, , , ...rest]) => [show, ...rest])).to.have.deep.members(
        expected.podcasts_followed,
      );
    });

    it("episode_listening, and by it podcasts_against_music", async () => {
      const heard = await values(
        "select cast(heard_on as varchar), episode_id, ms_heard, is_finished from episode_listening",
      );
      expect(heard).to.have.deep.members(expected.episode_listening).and.not.empty;
      const [march] = await lived.answers.answer("podcasts_against_music");
      const ms = expected.episode_listening.map(([, , spent]) => Number(spent));
      const hours = Math.round(ms.reduce((sum, one) => sum + one, 0) / 360_000) / 10;
      const [[minutes]] = (await values("select sum(minutes) from daily_listening")) as [[number]];
      expect(march!.slice(2, 6)).to.deep.equal([
        hours,
        new Set(expected.episode_listening.map(([, id]) => id)).size,
        expected.episode_listening.filter(([, , , isFinished]) => isFinished).length,
        Math.round(Number(minutes) / 6) / 10,
      ]);
    });
  });

  describe("know what they cannot know", () => {
    let answers: Answers;
    beforeEach(async () => {
      answers = await Answers.open();
    });
    afterEach(() => answers.close());

    const stream = "saved_episodes";
    const read = (read_seq: number, ...points: (number | "all" | undefined)[]) => {
      const items = points.map((point, index) => ({
        added_at: "2020-01-01T00:00:00Z",
        episode: {
          ...{ id: `e${index}`, name: `E${index}`, duration_ms: 1000, type: "episode" },
          ...(point !== undefined && {
            resume_point: { fully_played: point === "all", resume_position_ms: point === "all" ? 0 : point },
          }),
        },
      }));
      return [
        header({ stream, read_seq }),
        page(items, { read_seq }),
        close(items.length, { read_seq, container: stream }),
      ];
    };
    const fill = async (...reads: ReturnType<typeof read>[]) => {
      for (const [name, rows] of Object.entries(await build(stream, ...reads)))
        await answers.setRows(name, rows);
    };
    const heard = () =>
      answers.values("select episode_id, ms_heard, is_finished from episode_listening order by 1, 2");

    it("what was heard before the first read, without the permission, or by going back, does not count", async () => {
      await fill(read(1, 500, undefined, 900), read(2, 700, undefined, 100), read(3, "all", undefined, 100));
      expect(await heard()).to.deep.equal([
        ["e0", 200, false],
        ["e0", 300, true],
      ]);
    });

    it("a read that lacks a row is left out", async () => {
      const rows = await build(stream, read(1, 100, 100), read(2, 200, 200));
      for (const [name, all] of Object.entries(rows))
        await answers.setRows(name, name === stream ? all.slice(0, -1) : all);
      expect(await heard()).to.deep.equal([]);
      expect(
        await answers.values("select max(resume_position_ms) from current_saved_episodes"),
      ).to.deep.equal([[100]]);
    });
  });
});
