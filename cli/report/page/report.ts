import type { ReportData } from "../reportData";
import { listenersOf } from "../listeners";
import { periods, type Period } from "../questions";
import { attention } from "./attention";
import { placeCard, type Card, type PlacedCard } from "./card";
import { dataFlow, engine } from "./charts/engine";
import { library, review } from "./charts/library";
import { listening } from "./charts/listening";
import { podcasts } from "./charts/podcasts";
import { playlists } from "./charts/playlists";
import { tops } from "./charts/tops";
import { element } from "./elements";
import { day } from "./format";
import { glance } from "./glance";
import { firstPeriod, periodName, type State } from "./state";

/** A part of the page under a heading; `above` stands before its cards and follows what is chosen. */
interface Part {
  id: string;
  title: string;
  cards: Card[];
  above?: (state: State) => HTMLElement;
}

const parts: Part[] = [
  { id: "glance", title: "At a glance", cards: [], above: glance },
  { id: "listening", title: "Listening", cards: [...listening.slice(0, 1), ...tops, ...listening.slice(1)] },
  { id: "years", title: "Year by year", cards: review },
  { id: "playlists", title: "Playlists", cards: playlists },
  { id: "library", title: "Library", cards: library },
  { id: "podcasts", title: "Podcasts", cards: podcasts },
  { id: "engine", title: "Engine room", cards: engine, above: dataFlow },
];

/** Shows the report of `data` in the page's body; `first` stands above its parts. */
export function show(data: ReportData, first?: HTMLElement): void {
  const listeners = listenersOf(data.answers);
  const state: State = { data, listener: listeners[0] ?? "", period: firstPeriod(data) };
  const cards: PlacedCard[] = [];
  const above: [node: HTMLElement, of: (state: State) => HTMLElement][] = [];
  const placed = (of: (state: State) => HTMLElement) => {
    const node = element("div", {});
    above.push([node, of]);
    return node;
  };
  const update = () => {
    for (const [node, of] of above) node.replaceChildren(of(state));
    for (const card of cards) card.update(state);
    for (const { node, own } of sections)
      node.hidden = own.length > 0 && own.every((card) => card.node.hidden);
  };
  const choose = (chosen: Partial<State>) => {
    Object.assign(state, chosen);
    update();
  };
  const sections = parts.map(({ id, title, cards: kinds, above: first }) => {
    const own = kinds.map((card) => placeCard(card, state));
    cards.push(...own);
    const heading = element("h2", { id: `${id}-title` }, title);
    const grid = element("div", { class: "grid" }, ...own.map(({ node }) => node));
    const labelled = { id, "aria-labelledby": `${id}-title` };
    return { node: element("section", labelled, heading, first && placed(first), grid), own };
  });
  const shown = [placed(attention), ...sections.map(({ node }) => node)];
  const isEmpty = listeners.length === 0;
  document.body.prepend(
    header(data, listeners, state, choose),
    element("main", {}, first, ...(isEmpty ? [nothingYet(data)] : shown)),
    footer(data),
  );
  update();
}

function header(
  { place }: ReportData,
  listeners: string[],
  { period }: State,
  choose: (chosen: Partial<State>) => void,
): HTMLElement {
  const lake = {
    simulated: "a simulated listener",
    spotify: "your Spotify account",
    stack: `stack ${place.stack}`,
  };
  const listener =
    listeners.length > 1 &&
    element(
      "label",
      {},
      "Listener ",
      element(
        "select",
        { change: (event) => choose({ listener: (event.target as HTMLSelectElement).value }) },
        ...listeners.map((name) => element("option", {}, name)),
      ),
    );
  return element(
    "header",
    {},
    element("h1", {}, "Spotify lake"),
    element(
      "p",
      {},
      `Data of ${lake[place.source]} up to ${day(place.asOf)}. Times are those of ${place.timezone}.`,
    ),
    listeners.length > 0 &&
      element(
        "div",
        { class: "choices" },
        listener,
        periodChoice(period, (chosen) => choose({ period: chosen })),
      ),
  );
}

function periodChoice(first: Period, choose: (period: Period) => void): HTMLElement {
  const radios = periods.map((period) =>
    element(
      "label",
      {},
      element("input", {
        ...{ type: "radio", name: "period", value: period, checked: period === first },
        change: () => choose(period),
      }),
      element("span", {}, periodName(period)),
    ),
  );
  return element("fieldset", { class: "periods" }, element("legend", {}, "Period"), ...radios);
}

/** What an empty lake says instead of charts. */
function nothingYet({ place, howToRead }: ReportData): HTMLElement {
  const isStack = place.source === "stack";
  const target = isStack ? `--stack ${place.stack}` : place.options.trim();
  const steps = [
    `${howToRead}.`,
    `npx spotify-lake import my_spotify_data.zip ${target}`.trim() +
      " brings the plays before that, from the archive that Spotify sends you.",
    `npx spotify-lake report ${target}`.trim() + " makes this page again.",
  ];
  return element(
    "section",
    { class: "nothing" },
    element("h2", {}, "Nothing is in this lake yet"),
    element("p", {}, "No run has read anything, and no history was imported. What to do:"),
    element("ol", {}, ...steps.map((step) => element("li", {}, step))),
  );
}

function footer({ place }: ReportData): HTMLElement {
  const command = `${place.source === "stack" ? " --aws" : ""}${place.options}`;
  return element(
    "footer",
    {},
    element(
      "p",
      {},
      `Every chart is a named query: npx spotify-lake query NAME${command}. This page holds all it shows and asks nobody.`,
    ),
  );
}
