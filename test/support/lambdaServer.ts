import { json } from "node:stream/consumers";
import type { Cloud } from "../../cloud/cloud";
import { serve, type LocalServer } from "../../cloud/http";

/** Lambda's Invoke that waits for the answer, of a cloud's functions. */
export function serveInvoke(cloud: Cloud): Promise<LocalServer> {
  return serve(async (request, response) => {
    const [, name = ""] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(request.url ?? "") ?? [];
    const result = await cloud.invoke(decodeURIComponent(name), await json(request));
    response.writeHead(200, result.ok ? {} : { "x-amz-function-error": "Unhandled" });
    response.end(JSON.stringify(result.ok ? result.payload : result.error));
  });
}
