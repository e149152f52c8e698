import { UserError } from "../errors";
import type { DeployedFunction, Resource } from "../types";
import { AccessDenied, type Access, type Caller } from "./access";
import { arnIn } from "./jsonPermissions";

/** A function as a caller, and where its log goes. */
interface FunctionRole {
  caller: Caller;
  logGroup: string;
}

/** The roles of a program's functions: what a function does with its key, and what Lambda does in the function's role. */
export class FunctionRoles {
  /** By ARN of the function. */
  private readonly roles: Map<string, FunctionRole>;

  /** Throws a `UserError` for a function that is not in the program, or whose role is not. */
  constructor(
    private readonly access: Access,
    functions: DeployedFunction[],
    resources: Resource[],
  ) {
    this.roles = new Map(
      functions.map(({ arn, name }) => {
        const declared = resources.find(({ outputs }) => outputs.arn === arn);
        if (!declared) throw new UserError(`The program does not declare the function ${name}.`);
        const { logGroup } = (declared.inputs.loggingConfig ?? {}) as { logGroup?: string };
        const caller = access.callerOf(declared, "lambda.amazonaws.com");
        return [arn, { caller, logGroup: logGroup ?? `/aws/lambda/${name}` }];
      }),
    );
  }

  /** Returns the variable by which the calls of a function's processes are known. */
  keyOf({ arn }: DeployedFunction): { AWS_ACCESS_KEY_ID: string } {
    return { AWS_ACCESS_KEY_ID: this.access.keyOf(this.roles.get(arn)!.caller) };
  }

  /** Throws a `UserError` unless Lambda may write a function's log. */
  requireLog({ arn, name }: DeployedFunction): void {
    const { caller, logGroup } = this.roles.get(arn)!;
    const stream = arnIn("logs", caller)(`log-group:${logGroup}:log-stream:local`);
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"])
      this.require(caller, action, stream, `Lambda cannot write the log of ${name}`);
  }

  /** Throws a `UserError` unless Lambda may send a failed event of a function, given by its ARN, to a queue. */
  requireDestination(functionArn: string, queueArn: string): void {
    const { caller } = this.roles.get(functionArn)!;
    this.require(caller, "sqs:SendMessage", queueArn, `A failed event of ${functionArn} is lost`);
  }

  private require(caller: Caller, action: string, resource: string, what: string): void {
    try {
      this.access.require(caller, action, resource);
    } catch (error) {
      throw error instanceof AccessDenied ? new UserError(`${what}: ${error.message}.`) : error;
    }
  }
}
