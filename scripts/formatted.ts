import * as path from "node:path";
import * as prettier from "prettier";

/** A generated text as the project's formatter leaves it; `file` is its path from the project's folder. */
export async function formatted(file: string, text: string): Promise<string> {
  const filepath = path.join(__dirname, "..", file);
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
