import type { LocalServer } from "../../cloud/http";

interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
}

/** An SDK client of a server of ours, which takes an error for an answer. */
export function client<Client>(Kind: new (config: ClientConfig) => Client, server: LocalServer): Client {
  return new Kind({
    endpoint: `http://${server.address}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
}
