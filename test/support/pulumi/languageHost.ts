import { LanguageRuntimeService, type ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
  RunResponse,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { spawn } from "node:child_process";
import { fromStruct } from "../../../cloud/pulumi/messages";
import { answer, serve, type Served } from "./grpc";

/** Exit code of a program that has told its error to the engine itself. */
const toldItsError = 32;

/**
 * Serves the language host for Node.js, which comes with the CLI's releases but not with a CLI that was built from source:
 * it starts the program as the CLI's own does (pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go). Types are
 * not checked. One engine at a time may use it.
 * @param print Takes what programs print.
 */
export function serveLanguageHost(print: (text: string) => void): Promise<Served> {
  let engine = "";
  return serve<ILanguageRuntimeServer>(LanguageRuntimeService, {
    handshake: answer((request) => {
      engine = request.getEngineAddress();
      return new LanguageHandshakeResponse();
    }),
    getPluginInfo: answer(() => new PluginInfo()),
    about: answer(() => new AboutResponse()),
    getRequiredPlugins: answer(() => new GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
    getProgramDependencies: answer(() => new GetProgramDependenciesResponse()),
    // Packages are there already.
    installDependencies: (call) => call.end(),
    run: answer(async (request) => {
      const code = await runProgram(request, engine, print);
      const response = new RunResponse();
      if (code === toldItsError) response.setBail(true);
      else if (code !== 0) response.setError(`The program ended with exit code ${code}.`);
      return response;
    }),
  });
}

function runProgram(request: RunRequest, engine: string, print: (text: string) => void) {
  const folder = request.getInfo()!.getProgramDirectory();
  const child = spawn(process.execPath, nodeArguments(request, engine, folder), {
    cwd: folder,
    env: { ...process.env, ...environment(request) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => print(text));
  return new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
}

function nodeArguments(request: RunRequest, engine: string, folder: string): string[] {
  const info = request.getInfo()!;
  const { nodeargs } = fromStruct(info.getOptions());
  return [
    ...(typeof nodeargs === "string" ? nodeargs.split(" ") : []),
    require.resolve("@pulumi/pulumi/cmd/run", { paths: [folder] }),
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--root-directory=${info.getRootDirectory()}`,
    `--pwd=${request.getPwd()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
}

function environment(request: RunRequest): NodeJS.ProcessEnv {
  return {
    NODE_NO_WARNINGS: "1",
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}
