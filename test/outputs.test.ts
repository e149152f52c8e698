import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readPipeline, type PipelineOutputs } from "../outputs";
import { deployedOutputs, mockStacks, resolved } from "./support/stackReference";

type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Program = typeof import("../index");
type Exported = { [Name in keyof Program]: NonNullable<pulumi.Unwrap<Program[Name]>> };

/** Does not compile if index.ts exports anything else, or of another type, than the contract says. */
const isKept: Mutual<Exported, Required<PipelineOutputs>> = true;

describe("readPipeline", () => {
  const name = "you/spotify-data-pipeline/prod";

  it("returns the outputs of a stack, which are those of the program", async () => {
    expect(isKept).to.equal(true);
    await mockStacks(deployedOutputs, "consumer");
    const pipeline = readPipeline(name);
    for (const [key, value] of Object.entries(deployedOutputs))
      expect(await resolved<unknown>(pipeline[key as keyof PipelineOutputs]), key).to.deep.equal(value);
    expect(await resolved(pipeline.databaseNames.lake)).to.equal("lake_db");
    expect(await resolved(pipeline.kmsKeyArn)).to.equal(undefined);
  });

  it("fails with one sentence if the stack is not deployed, or older", async () => {
    const { alarmTopicArn, links, ...older } = deployedOutputs;
    expect([alarmTopicArn, links]).not.to.include(undefined);
    for (const [outputs, missing] of [
      [older, "alarmTopicArn, links"],
      [{}, Object.keys(deployedOutputs).join(", ")],
    ] as const) {
      await mockStacks(outputs, "consumer");
      const pipeline = readPipeline(name);
      const errors = await Promise.all(
        Object.values(pipeline).map((output) => resolved<unknown>(output).catch((error: unknown) => error)),
      );
      expect(new Set(errors).size, "one error for all").to.equal(1);
      expect(pulumi.RunError.isInstance(errors[0])).to.equal(true);
      expect((errors[0] as Error).message).to.equal(
        `Stack ${name} has no output ${missing}: deploy it, with a version of the pipeline that is not older than this outputs.ts.`,
      );
    }
  });
});
