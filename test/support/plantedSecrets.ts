/** Secrets that no text has by chance. */
export const planted = {
  clientId: "planted-client-id-0123456789",
  clientSecret: "planted/client+secret-0123456789",
  refreshToken: "planted_refresh-token/0123456789",
};

/** How each access token begins. */
export const plantedAccessToken = "planted-access-token-";

const basic = Buffer.from(`${planted.clientId}:${planted.clientSecret}`).toString("base64");

/** By name, what must stand nowhere; 16 characters of a secret are as good as all of it. */
const forms = Object.entries({
  "client secret": planted.clientSecret,
  "refresh token": planted.refreshToken,
  "access token": plantedAccessToken,
  "id and secret in Base64": basic,
}).flatMap(([name, secret]) =>
  [secret, encodeURIComponent(secret)].map((form) => [name, form.slice(0, 16)] as const),
);

/** Returns which secrets stand in a text. */
export function secretsIn(text: string): string[] {
  return [...new Set(forms.filter(([, form]) => text.includes(form)).map(([name]) => name))];
}
