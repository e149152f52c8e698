/** Inner modules of the library, which has no types for them. */

declare module "spotify-web-api-node/src/http-manager" {
  /** The verbs that the library looks up at each call. */
  const httpManager: Record<"get" | "post", unknown>;
  export default httpManager;
}

declare module "spotify-web-api-node/src/webapi-request" {
  interface RequestBuilder {
    withPath(path: string): RequestBuilder;
    withQueryParameters(query: Record<string, string | number>): RequestBuilder;
    build(): { execute(verb: unknown): Promise<unknown> };
  }
  const webApiRequest: { builder(accessToken: string | undefined): RequestBuilder };
  export default webApiRequest;
}
