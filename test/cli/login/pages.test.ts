import { expect } from "chai";
import { CallbackServer } from "../../../cli/login/callback";
import { openPage, seriousFindings } from "../../support/browser";

describe("the page that ends a sign-in, in a browser", () => {
  let address = "";
  // A browser asks for an icon by itself, and is told that there is none.
  const own = (url: string) => url.startsWith(address) || url.endsWith("/favicon.ico");
  const opened = openPage({ width: 375, own });

  it("is legible in both themes, runs nothing and asks nobody", async () => {
    const server = await CallbackServer.listen(0);
    const { page, troubles } = opened;
    address = server.redirectUri;
    const came = server.callback(10_000);
    const shown = page.goto(`${server.redirectUri}?code=a&state=s`);
    await (
      await came
    ).answer(200, "Signed in", "<script>document.title = 'run'</script> You may close this page.");
    await shown;
    await server.close();
    expect(await page.title()).to.equal("Signed in");
    expect(await page.locator("p").textContent()).to.include("<script>");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFindings(page)).to.deep.equal([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(375);
    }
    expect(troubles.filter((text) => !/404|ERR_/.test(text))).to.deep.equal([]);
  });
});
