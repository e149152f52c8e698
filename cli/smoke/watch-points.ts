import * as cloudWatch from "@aws-sdk/client-cloudwatch";
import * as glue from "@aws-sdk/client-glue";
import { askCrawler } from "../../cloud/glue/crawler/ask";
import { changesOf } from "../crawl/run";
import { waitingIn, type DeployedStack } from "../stack/deployedStack";
import { fail, notChecked, pass, pointOf, type Point } from "./point";
import { growingWaits } from "./waits";

/** Runs both crawlers at the same time. */
export function crawlerPoints(place: DeployedStack, stage: (text: string) => void): Promise<Point[]> {
  const named = Object.entries(place.crawlers).map(([name, physical]) =>
    pointOf(`crawler ${name}`, async () => {
      const onState = (state: string) => stage(`Running the crawlers: ${state.toLowerCase()}`);
      const waiting = { sleep: growingWaits(5000), pollMs: 5000, onState };
      const crawl = await askCrawler(glue, place.glue, physical, waiting);
      return pass(`It ended after ${Math.round(crawl.seconds)} s: ${changesOf(crawl)}.`);
    }),
  );
  return Promise.all(named);
}

/** Returns the points of the crawlers if they are not to run. */
export function crawlersLeftOut({ crawlers }: DeployedStack): Point[] {
  const why = notChecked("It was left out by --no-crawlers.");
  return Object.keys(crawlers).map((name) => ({ point: `crawler ${name}`, ...why }));
}

/** Looks at alarms and failure queues, and names what cannot be seen from here. */
export async function watchPoints(place: DeployedStack): Promise<Point[]> {
  const { sqs, alarmEmail, stack } = place;
  const queues = Object.entries(place.failureQueues).map(([name, url]) =>
    pointOf(`failed events of ${name}`, async () => {
      const count = await waitingIn(url, sqs);
      if (count === 0) return pass("None waits.");
      return fail(`${count} wait: fix the cause, then npx spotify-lake redrive --stack ${stack}.`);
    }),
  );
  const mail = alarmEmail
    ? `Whether ${alarmEmail} confirmed the subscription that AWS mailed cannot be seen from here; without that no alarm arrives.`
    : "No alarm is mailed to anybody, since the setting alarmEmail is empty.";
  return [
    ...(await Promise.all(queues)),
    ...(await alarmPoints(place)),
    { point: "alarm mail", ...notChecked(mail) },
    {
      point: "schedule",
      ...notChecked(
        `The rules start extract at their own times; npx spotify-lake query runs --aws --stack ${stack} shows later whether they did.`,
      ),
    },
  ];
}

/** Alarms that go off fail; those without data yet are a point of their own. */
async function alarmPoints({ cloudWatch: client, alarmTopic }: DeployedStack): Promise<Point[]> {
  const all: cloudWatch.MetricAlarm[] = [];
  const looked = await pointOf("alarms", async () => {
    const pages = cloudWatch.paginateDescribeAlarms({ client }, { ActionPrefix: alarmTopic });
    for await (const { MetricAlarms = [] } of pages) all.push(...MetricAlarms);
    if (all.length === 0) return fail("The stack has no alarms: run pulumi up.");
    const off = all.filter(({ StateValue }) => StateValue === "ALARM");
    if (off.length === 0) return pass(`None of ${all.length} goes off.`);
    return fail(off.map(({ AlarmName, AlarmDescription }) => `${AlarmName}: ${AlarmDescription}`).join(" "));
  });
  const names = all
    .filter(({ StateValue }) => StateValue === "INSUFFICIENT_DATA")
    .map(({ AlarmName }) => AlarmName);
  if (names.length === 0) return [looked];
  const why = `CloudWatch has no data yet for ${names.join(", ")}; they have it within a day.`;
  return [looked, { point: "alarms without data", ...notChecked(why) }];
}
