import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { serve } from "../../../cloud/http";
import { openBrowser } from "../../../cli/login/browser";

describe("the browser", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
  after(() => fs.rmSync(dir, { recursive: true }));

  for (const [platform, program] of [
    ["linux", "xdg-open"],
    ["darwin", "open"],
  ] as const)
    it(`is opened by ${program} on ${platform}`, async () => {
      fs.writeFileSync(path.join(dir, program), "#!/usr/bin/env node\nfetch(process.argv[2]);\n", {
        mode: 0o755,
      });
      let asked: (url?: string) => void;
      const opened = new Promise<string | undefined>((resolve) => (asked = resolve));
      const server = await serve(async (request, response) => {
        response.end();
        asked(request.url);
      });
      try {
        openBrowser(
          `http://${server.address}/a?b=c%20d&e=$f`,
          { PATH: `${dir}${path.delimiter}${process.env.PATH}` },
          platform,
        );
        expect(await opened).to.equal("/a?b=c%20d&e=$f");
      } finally {
        await server.close();
      }
    });

  it("may be missing", async () => {
    openBrowser("http://127.0.0.1/", { PATH: dir }, "win32");
    // The failed start is reported in an event; nobody listening to it would end the process.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  });
});
