/** A listener in front of a browser, as far as a sign-in needs one. */

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** What the browser shows in the end. */
export interface Shown {
  status: number;
  text: string;
  /** The address that it ended at. */
  url: string;
}

/** Opens a consent page and presses one of its buttons; a page without a form is where it ends. */
export async function press(address: string, button: "agree" | "cancel"): Promise<Shown> {
  const page = await fetch(address);
  const html = await page.text();
  if (!html.includes("<form")) return { status: page.status, text: html, url: page.url };
  const form = new URLSearchParams({ answer: button });
  for (const [, name, value] of html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g))
    form.set(
      name!,
      value!.replace(/&([^;]+);/g, (_, entity: string) => entities[entity]!),
    );
  return shown(await fetch(new URL("/authorize", address), { method: "POST", body: form }));
}

/** Opens an address. */
export async function open(address: string): Promise<Shown> {
  return shown(await fetch(address));
}

async function shown(answer: Response): Promise<Shown> {
  return { status: answer.status, text: await answer.text(), url: answer.url };
}
