import { expect } from "chai";
import { escapeHtml, htmlPage } from "../../../cli/login/html";

describe("a page", () => {
  it("shows text as text", () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).to.equal(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;",
    );
  });

  it("escapes its title and takes its body as it is", () => {
    expect(htmlPage("a < b", "<p>c</p>")).to.include("<h1>a &lt; b</h1>\n<p>c</p>");
  });
});
