import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
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
  "MyData/endvideo_0.json": "[5]",
  "MyData/Playlist1.json": "{}",
  "MyData/old/2016.json": '[{"endTime": "2016-01-02 03:04", "msPlayed": 1}]',
  "MyData/Other.json": '[{"msPlayed": 1}]',
  "__MACOSX/._StreamingHistory0.json": "x",
  "__MACOSX/._more.zip": "x",
};
const expected = [
  ["2016.json", 48, files["MyData/old/2016.json"]],
  ["StreamingHistory_music_0.json", 3, "[3]"],
  ["Streaming_History_Audio_2023_0.json", 3, "[1]"],
  ["Streaming_History_Audio_2024_1.json", 3, "[2]"],
  ["Streaming_History_Video_2023.json", 2, "[]"],
  ["endsong_0.json", 3, "[4]"],
  ["endvideo_0.json", 3, "[5]"],
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

  it("are read only as they were zipped", async () => {
    const bytes = await zipOf({ "endsong_0.json": "[4]" });
    const entry = bytes.indexOf("PK\u0001\u0002", "latin1");
    bytes[entry + 16]! ^= 1;
    const zip = path.join(dir, "damaged.zip");
    fs.writeFileSync(zip, bytes);
    const { files: found, close } = await openExport(zip);
    const read = async () => text(await found[0]!.open());
    const error = await read().catch((reason: Error) => reason.message);
    expect(error).to.equal("its checksum is wrong: it was damaged on its way");
    close();
  });

  it("are those with plays in a folder, or one alone", async () => {
    for (const [name, body] of Object.entries(files)) {
      fs.mkdirSync(path.join(dir, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), body);
    }
    expect(await contents(dir)).to.deep.equal(expected);
    expect(await contents(path.join(dir, "MyData/endsong_0.json"))).to.deep.equal([expected[5]]);
    expect(await contents(path.join(dir, "MyData/old/2016.json"))).to.deep.equal([expected[0]]);
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

  const single: [string, string | Buffer, RegExp][] = [
    ["2023.json", "[]", /2023\.json: this is an empty list\.$/],
    ["list.json", "[1]", /list\.json: this is no list of plays\.$/],
    ["Playlist1.json", '{"playlists":[]}', /Playlist1\.json: this is a JSON object, no list of plays\.$/],
    ["page.html", "<!doctype html>", /page\.html: this is a web page, .*; download the export again\.$/],
    [
      "Streaming_History_Audio_1.json.gz",
      gzipSync("[]"),
      /compressed by gzip; unpack it first \(gunzip\)\.$/,
    ],
    ["Streaming_History_Audio_1.json", "{}", /this is a JSON object/],
    ["empty.json", "", /empty\.json: the file is empty\.$/],
    ["five.json", "5", /five\.json: this is no list of plays\.$/],
  ];
  for (const [name, body, sentence] of single)
    it(`cannot be ${name} with ${JSON.stringify(String(body).slice(0, 12))}, which is said`, async () => {
      fs.writeFileSync(path.join(dir, name), body);
      expect(await message(path.join(dir, name))).to.match(sentence);
    });

  it("are not looked for in archives within the export, which are named", async () => {
    const inner = await zipOf({ "Streaming_History_Audio_2022.json": "[]" });
    const zip = path.join(dir, "outer.zip");
    const only = { "a/my_spotify_data.zip": inner, "a/Streaming_History_Audio_1.json.gz": "x" };
    fs.writeFileSync(zip, await zipOf(only));
    expect((await message(zip)).split("\n")).to.deep.equal([
      `my_spotify_data.zip in ${zip} was not read; unpack it and import what is in it by itself.`,
      `Streaming_History_Audio_1.json.gz in ${zip} was not read; unpack it and import what is in it by itself.`,
      `${zip} holds no Streaming_History_Audio_*.json and no StreamingHistory*.json; ask Spotify for your extended streaming history at https://www.spotify.com/account/privacy/.`,
    ]);
    fs.writeFileSync(zip, await zipOf({ ...only, "endsong_0.json": "[]" }));
    const opened = await openExport(zip);
    opened.close();
    expect(opened.unread).to.have.length(2);
  });
});
