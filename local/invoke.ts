import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { command, main } from "./command";
import { UserError } from "./errors";
import { pulumi } from "./pulumi-cli";

const cli = command("extract", "Runs the extract of a deployed stack now, without waiting for its schedule.")
  .requiredOption("--stack <name>", "the Pulumi stack, such as dev")
  .option("--json", "print the run's own answer as one JSON object");

main(async () => {
  cli.parse();
  const { stack, json } = cli.opts<{ stack: string; json?: boolean }>();
  const here = { env: process.env, dir: process.cwd() };
  const outputs = JSON.parse(await pulumi(["stack", "output", "--json", "--stack", stack], here)) as {
    functionNames?: { extract?: string };
  };
  const name = outputs.functionNames?.extract;
  if (!name)
    throw new UserError(`Stack ${stack} has no function yet; deploy it with pulumi up --stack ${stack}.`);
  const region = (await pulumi(["config", "get", "aws:region", "--stack", stack], here)).trim();
  // The SDK's warning about Node 20 is for whoever updates it, not for whoever starts a run.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  // A run may take Lambda's 15 minutes, and asking twice would only find the lease taken.
  const client = new LambdaClient({
    region,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 16 * 60 * 1000 },
  });
  if (process.stderr.isTTY) console.error(`Running ${name} …`);
  const answer = await client
    .send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ source: "npm run extract" }) }))
    .catch((error: Error) => {
      throw new UserError(`${name} could not be invoked: ${error.message}`);
    });
  const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null") as Record<
    string,
    unknown
  > | null;
  if (answer.FunctionError)
    throw new UserError(`The run failed: ${String(payload?.errorMessage ?? answer.FunctionError)}`);
  console.log(JSON.stringify(payload, null, json ? undefined : 2));
});
