import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { openExport } from "../../../cli/import/export-files";
import { zipOf } from "../../support/zip";

const folder = "Spotify Extended Streaming History";
const files = {
  [`${folder}/Streaming_History_Audio_2024_1.json`]: "[2]",
  [`${folder}/Streaming_History_Audio_2023_0.json`]: "[1]",
  [`${folder}/Streaming_History_Video_2023.json`]: "[]",
  [`${folder}/ReadMeFirst.pdf`]: "%PDF",
  "MyData/StreamingHistory_music_0.json": "[3]",
  "MyData/endsong_0.json": "[4]",
  "MyData/Playlist1.json": "{}",
  "__MACOSX/._StreamingHistory0.json": "x",
};
const expected = [
  ["StreamingHistory_music_0.json", 3, "[3]"],
  ["Streaming_History_Audio_2023_0.json", 3, "[1]"],
  ["Streaming_History_Audio_2024_1.json", 3, "[2]"],
  ["endsong_0.json", 3, "[4]"],
];

describe("the files of an export", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "export-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  async function contents(of: string) {
    const opened = await openExport(of);
    const found = [];
    for (const file of opened.files) {
      // Each is read twice.
      await text(await file.open());
      found.push([file.name, file.size, await text(await file.open())]);
    }
    opened.close();
    return found;
  }

  it("are those with plays in a zip, by name", async () => {
    const zip = path.join(dir, "my_spotify_data.zip");
    fs.writeFileSync(zip, await zipOf(files));
    expect(await contents(zip)).to.deep.equal(expected);
  });

  it("are those with plays in a folder, or one alone", async () => {
    for (const [name, body] of Object.entries(files)) {
      fs.mkdirSync(path.join(dir, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), body);
    }
    expect(await contents(dir)).to.deep.equal(expected);
    expect(await contents(path.join(dir, "MyData/endsong_0.json"))).to.deep.equal([expected[3]]);
  });

  const message = async (of: string) =>
    ((await openExport(of).catch((error: unknown) => error)) as Error).message;

  it("are asked for again if there are none, or no zip", async () => {
    expect(await message(path.join(dir, "no.zip"))).to.match(/^There is no .*no\.zip; name the zip/);
    expect(await message(dir)).to.match(/holds no Streaming_History_Audio_\*\.json .* ask Spotify/);
    fs.writeFileSync(path.join(dir, "odd.zip"), "not a zip");
    expect(await message(path.join(dir, "odd.zip"))).to.match(
      /cannot be read as a zip \(.+\); download it again/,
    );
    fs.writeFileSync(path.join(dir, "cut.zip"), (await zipOf(files)).subarray(0, 200));
    expect(await message(path.join(dir, "cut.zip"))).to.match(/cannot be read as a zip/);
  });
});
