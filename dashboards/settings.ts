import * as pulumi from "@pulumi/pulumi";

/** The settings of a stack, checked; `Pulumi.yaml` describes them. */
export interface Settings {
  /** The pipeline's stack, such as `you/spotify-data-pipeline/prod`. */
  pipeline: string;
  /** ARNs of QuickSight users or groups who may change everything, one at least. */
  owners: string[];
  /** ARNs of QuickSight users or groups who may look at the dashboard. */
  viewers: string[];
  importMode: "SPICE" | "DIRECT_QUERY";
  /** When SPICE imports, as `HH:MM` in UTC. */
  refreshAt: string;
}

const principal = /^arn:aws[a-z-]*:quicksight:[a-z0-9-]+:\d{12}:(user|group)\/[^/]+\/.+$/;
const importModes = { spice: "SPICE", direct: "DIRECT_QUERY" } as const;

/** Reads the stack's settings. Throws a RunError with a line for each wrong one. */
export function readSettings(): Settings {
  const config = new pulumi.Config();
  const pipeline = config.get("pipeline") ?? "";
  const owners = config.getObject<string[]>("owners") ?? [];
  const viewers = config.getObject<string[]>("viewers") ?? [];
  const importMode = config.get("importMode") ?? "spice";
  const refreshAt = config.get("refreshAt") ?? "06:00";

  const wrong = [
    ...(/^([^/]+\/){2}[^/]+$/.test(pipeline)
      ? []
      : [
          `pipeline is "${pipeline}"; give the pipeline's stack as organization/project/stack, such as you/spotify-data-pipeline/prod.`,
        ]),
    ...(owners.length > 0 ? [] : ["owners is empty; give the ARN of one QuickSight user or group at least."]),
    ...[...owners, ...viewers]
      .filter((arn) => !principal.test(arn))
      .map(
        (arn) => `${arn} is no ARN of a QuickSight user or group; \`aws quicksight list-users\` shows them.`,
      ),
    ...(importMode in importModes ? [] : [`importMode is "${importMode}"; give spice or direct.`]),
    ...(/^([01]\d|2[0-3]):[0-5]\d$/.test(refreshAt)
      ? []
      : [`refreshAt is "${refreshAt}"; give a time as HH:MM, such as 06:00.`]),
  ];
  if (wrong.length > 0) throw new pulumi.RunError(wrong.join("\n"));
  return {
    pipeline,
    owners,
    viewers,
    importMode: importModes[importMode as keyof typeof importModes],
    refreshAt,
  };
}
