/**
 * Takes superagent's place in the bundle. `spotify-web-api-node` loads that HTTP client, most of its size, but makes all
 * calls over our transport (transport.ts).
 */
export default function superagent(): never {
  throw new Error("spotify-web-api-node called superagent, not our transport.");
}
