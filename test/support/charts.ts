/** Reads the numbers that the charts of a report show. */
import type { Page } from "playwright-core";
import type { PageAnswer } from "../../cli/report/reportData";

/** The scales of a drawing: https://observablehq.com/plot/features/plots#plot_scale */
interface Drawing extends SVGSVGElement {
  scale(name: "y" | "r"): { invert(pixels: number): number };
}

/** Returns a column of an answer. */
export function column({ columns, rows }: PageAnswer, name: string): unknown[] {
  return rows.map((row) => row[columns.indexOf(name)]);
}

/** Returns the texts of a part of each line of a card's list, such as `.name`. */
export function linesOf(page: Page, id: string, part: string): Promise<string[]> {
  return page.locator(`#card-${id} .bars ${part}`).allTextContents();
}

/** Returns the widths of the bars of a card's list, in percent. */
export function widthsOf(page: Page, id: string): Promise<number[]> {
  return page
    .locator(`#card-${id} .bar`)
    .evaluateAll((all) => all.map((bar) => parseFloat((bar as HTMLElement).style.inlineSize)));
}

/** Returns the heights of the bars of a mark, in the unit of the axis. */
export function barsOf(page: Page, id: string, mark: string): Promise<number[]> {
  return page.locator(`#card-${id} svg`).evaluate((svg, name) => {
    const scale = (svg as Drawing).scale("y");
    const rects = [...svg.querySelectorAll<SVGRectElement>(`.${name} rect`)];
    const at = (rect: SVGRectElement, attribute: string) => Number(rect.getAttribute(attribute));
    return rects.map((rect) =>
      Math.round(scale.invert(at(rect, "y")) - scale.invert(at(rect, "y") + at(rect, "height"))),
    );
  }, mark);
}

/** Returns the values of the points of a line, in the unit of the axis. */
export function lineOf(page: Page, id: string, mark: string): Promise<number[]> {
  return page.locator(`#card-${id} svg`).evaluate((svg, name) => {
    const scale = (svg as Drawing).scale("y");
    const path = svg.querySelector(`.${name} path`)!.getAttribute("d")!;
    return [...path.matchAll(/[ML,]?[\d.]+,([\d.]+)/g)].map(([, y]) => scale.invert(Number(y)));
  }, mark);
}

/** Returns what the dots of a mark stand for, by their size. */
export function dotsOf(page: Page, id: string, mark: string): Promise<number[]> {
  return page.locator(`#card-${id} svg`).evaluate((svg, name) => {
    const scale = (svg as Drawing).scale("r");
    return [...svg.querySelectorAll(`.${name} circle`)].map((dot) =>
      Math.round(scale.invert(Number(dot.getAttribute("r")))),
    );
  }, mark);
}
