import type { GetParameterRequest, GetParametersRequest } from "@aws-sdk/client-ssm";
import { createHash } from "node:crypto";
import type { Resource } from "../types";
import { AwsError, type Operations } from "./json";

/** A parameter of the Systems Manager's Parameter Store. */
interface StoredParameter {
  name: string;
  arn: string;
  type: string;
  value: string;
}

/** Returns the parameters that a program declares. */
export function parametersOf(resources: Resource[]): StoredParameter[] {
  return resources
    .filter((resource) => resource.type === "aws:ssm/parameter:Parameter")
    .map(({ outputs }) => ({
      name: String(outputs.name),
      arn: String(outputs.arn),
      type: String(outputs.type),
      value: String(outputs.value),
    }));
}

/** Returns GetParameter and GetParameters for these parameters. */
export function ssmOperations(parameters: StoredParameter[]): Operations {
  const find = (name: string) =>
    parameters.find((parameter) => [parameter.name, parameter.arn].includes(name));
  return {
    "AmazonSSM.GetParameter": ({ Name, WithDecryption }: GetParameterRequest) => {
      const found = find(Name!);
      if (!found) throw new AwsError("ParameterNotFound", `There is no parameter ${Name}.`);
      return { Parameter: describe(found, WithDecryption) };
    },
    "AmazonSSM.GetParameters": ({ Names, WithDecryption }: GetParametersRequest) => {
      const names = [...new Set(Names)];
      if (names.length < 1 || names.length > 10) {
        throw new AwsError("ValidationException", "names: Member must have length between 1 and 10.");
      }
      return {
        Parameters: names.flatMap((name) => find(name) ?? []).map((found) => describe(found, WithDecryption)),
        InvalidParameters: names.filter((name) => !find(name)),
      };
    },
  };
}

function describe({ name, arn, type, value }: StoredParameter, decrypt = false): object {
  const hidden = type === "SecureString" && !decrypt;
  return {
    Name: name,
    ARN: arn,
    Type: type,
    Value: hidden ? ciphertext(value) : value,
    Version: 1,
    DataType: "text",
  };
}

/** Returns a text in place of the ciphertext of KMS, from which no caller can get the secret. */
function ciphertext(value: string): string {
  return createHash("sha256").update(value).digest("base64");
}
