import * as fs from "node:fs";
import * as ts from "typescript";
import { markdownTable } from "./markdown";

const intro = `# Outputs

<!-- Made by npm run docs from outputs.ts; edit that. -->

What a stack gives to other Pulumi programs. It is a contract: an output may be added, but none is renamed, removed or
changed in type. [outputs.ts](../outputs.ts) reads them, typed; it needs nothing but \`@pulumi/pulumi\`, so a program outside
this repository can copy it:

\`\`\`ts
import { readPipeline } from "./outputs";

const pipeline = readPipeline("you/spotify-data-pipeline/prod");
export const database = pipeline.databaseNames.lake;
\`\`\`

The name is \`ORGANIZATION/spotify-data-pipeline/STACK\`; on a self-managed backend (a bucket, a folder) the organization is
always \`organization\`. A stack that is not deployed, or older than the copy of outputs.ts, fails the program with one
sentence that names what is missing.`;

const after = `[examples/consumer](../examples/consumer) is a whole program: a role for analysts with exactly the rights that queries
need, and a queue that is told of new plays. S3 keeps one notification configuration for a bucket, and a program that sets
one takes another's away. The pipeline has both: the raw bucket's starts transform, the lake bucket's tells EventBridge of
each new file, on which any number of programs can have rules. So never make a \`BucketNotification\` for them.

- Events come at least once, in any order. A day's file is written again whenever more of that day has arrived: read the
  table when an event comes, do not add up events.
- A rule sees events of its own account and region only.
- AWS bills such events: one dollar for a million ([prices](https://aws.amazon.com/eventbridge/pricing/)).`;

/** Returns docs/outputs.md, from the interface `PipelineOutputs` in the file outputs.ts. */
export function outputsDoc(file: string): string {
  const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const contract = source.statements
    .filter(ts.isInterfaceDeclaration)
    .find(({ name }) => name.text === "PipelineOutputs")!;
  const rows = contract.members.filter(ts.isPropertySignature).map((member) => [
    `\`${member.name.getText()}\`${member.questionToken ? " (not on every stack)" : ""}`,
    `\`${member.type!.getText().replace(/\s+/g, " ")}\``,
    ts
      .getJSDocCommentsAndTags(member)
      .map(({ comment }) => ts.getTextOfJSDocComment(comment))
      .join(" "),
  ]);
  return [intro, markdownTable(["output", "type", "what it is"], rows), after].join("\n\n");
}
