import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { root, type Outcome } from "../commandLine";
import { makeFolder } from "../folders";
import { AwsAccount } from "./awsAccount";
import { serveAwsProvider } from "./awsProvider";
import { pulumiBinary } from "./binary";
import type { Served } from "./grpc";
import { serveLanguageHost } from "./languageHost";

/** What a copy of the project leaves out. */
const leftOut = /^(node_modules|build|\.git|\.local|\.env\.local.*)$/;

const deployments = ["preview", "up", "destroy"];

/** Options of a {@link PulumiProject.run}. */
interface RunOptions {
  /** Text for standard input. */
  input?: string;
  /** Folder of the Pulumi program, from the project's. */
  in?: string;
}

/**
 * A copy of the project in a temporary folder, with a backend of its own for its state, the real Pulumi CLI to run it,
 * and an AWS account. {@link close} stops its servers.
 */
export class PulumiProject {
  readonly account = new AwsAccount();
  readonly home = makeFolder();
  readonly dir = path.join(this.home, "project");
  /** Folder of the states of all stacks. */
  readonly backend = path.join(this.home, "backend");
  env: NodeJS.ProcessEnv = {};
  /** What programs and deployments have printed. */
  printed = "";
  private servers: Served[] = [];

  /** Returns undefined if there is no CLI. */
  static async open(): Promise<PulumiProject | undefined> {
    const binary = pulumiBinary();
    if (!binary) return undefined;
    const project = new PulumiProject();
    project.copy();
    const provider = await serveAwsProvider(project.account);
    const language = await serveLanguageHost((text) => (project.printed += text));
    project.servers = [provider, language];
    project.env = {
      PATH: [path.dirname(binary), process.env.PATH].join(path.delimiter),
      HOME: project.home,
      PULUMI_HOME: path.join(project.home, "pulumi"),
      PULUMI_BACKEND_URL: `file://${project.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase of the tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${provider.port}`,
      PULUMI_DEBUG_LANGUAGES: `nodejs:${language.port}`,
    };
    return project;
  }

  close(): void {
    for (const server of this.servers) server.stop();
  }

  file(name: string): string {
    return path.join(this.dir, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), "utf8");
  }

  /** Runs the CLI without a terminal. */
  run(args: string[], { input = "", in: folder = "." }: RunOptions = {}): Promise<Outcome> {
    const options = { cwd: this.file(folder), env: this.env, maxBuffer: 1024 ** 3 };
    return new Promise((resolve) => {
      const running = execFile(
        "pulumi",
        [...args, "--non-interactive", "--color", "never"],
        options,
        (error, stdout, stderr) => {
          if (deployments.includes(args[0]!)) this.printed += stdout + stderr;
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        },
      );
      running.stdin?.on("error", () => undefined).end(input);
    });
  }

  /** Runs the CLI and returns what it prints; throws an Error that holds it if the CLI fails. */
  async pulumi(args: string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  private copy(): void {
    fs.mkdirSync(this.backend);
    fs.cpSync(root, this.dir, {
      recursive: true,
      filter: (source) => !leftOut.test(path.basename(source)),
    });
    fs.symlinkSync(path.join(root, "node_modules"), this.file("node_modules"));
  }
}
