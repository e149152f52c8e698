import { sql as sqlLanguage } from "@codemirror/lang-sql";
import { keymap } from "@codemirror/view";
import { basicSetup, EditorView } from "codemirror";
import type { QueryResult } from "../serve/messages";
import { saveCsv } from "./card";
import { resultChart } from "./charts/result";
import { element } from "./elements";
import { counted } from "./format";
import type { Row } from "./state";
import { table } from "./table";

const example = `select played_on, plays, minutes
from daily_listening
order by played_on`;

/** Returns a box for queries of the reader's own. `catalog` has the columns of tables and views, to complete them. */
export function queryBox(catalog: Record<string, string[]>): HTMLElement {
  const result = element("div", { class: "result", "aria-live": "polite" });
  const editor = editorOf(catalog, () => void run());
  const button = element("button", { type: "button", class: "run", click: () => void run() }, "Run");
  const run = async () => {
    button.disabled = true;
    result.replaceChildren(element("p", { class: "question" }, "Asking …"));
    const found = await ask(editor.state.doc.toString());
    button.disabled = false;
    if (typeof found === "string")
      result.replaceChildren(element("p", { class: "error", role: "alert" }, found));
    else result.replaceChildren(...resultOf(found));
  };
  return element(
    "section",
    { id: "ask", "aria-labelledby": "ask-title" },
    element("h2", { id: "ask-title" }, "Ask the lake"),
    element(
      "div",
      { class: "card whole" },
      element("p", { class: "question" }, "One query in SQL, which may read only. Ctrl+Enter runs it."),
      editor.dom,
      element("div", {}, button),
      result,
    ),
  );
}

function editorOf(catalog: Record<string, string[]>, run: () => void): EditorView {
  const nonce = document.querySelector<HTMLMetaElement>("meta[name=nonce]")!.content;
  const runKey = keymap.of([
    {
      key: "Mod-Enter",
      run: () => {
        run();
        return true;
      },
    },
  ]);
  return new EditorView({
    doc: example,
    extensions: [
      EditorView.cspNonce.of(nonce),
      runKey,
      basicSetup,
      sqlLanguage({ schema: catalog }),
      EditorView.contentAttributes.of({ "aria-label": "SQL of your query" }),
      EditorView.lineWrapping,
    ],
  });
}

/** Asks the server; returns a sentence if there is no answer. */
async function ask(sql: string): Promise<QueryResult | string> {
  try {
    const response = await fetch("/query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql }),
    });
    const isJson = response.headers.get("content-type") === "application/json";
    if (!isJson) return (await response.text()).trim();
    const answer = (await response.json()) as QueryResult | { error: string };
    return "error" in answer ? answer.error : answer;
  } catch {
    return "The server does not answer; is npx spotify-lake report --serve still running?";
  }
}

function resultOf(result: QueryResult): Node[] {
  const { columns, kinds, rows, isCut, ms } = result;
  const named = rows.map((row): Row =>
    Object.fromEntries(columns.map((column, at) => [column, cell(row[at])])),
  );
  const count = `${isCut ? "The first " : ""}${counted(rows.length, "row")} in ${counted(ms, "millisecond")}.`;
  const save = () => saveCsv({ query: "query", columns, kinds, rows });
  return [
    element("p", { class: "summary" }, count),
    resultChart(columns, kinds, named),
    table({ columns, kinds }, named),
    element("button", { type: "button", class: "csv", click: save }, "Save as CSV"),
  ];
}

/** Lists and structures are shown as JSON. */
function cell(value: unknown): Row[string] {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Row[string]);
}
