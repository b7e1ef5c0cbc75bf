const DEFAULT_API_URL = "http://127.0.0.1:8000";
const DEFAULT_CLIENT_ADDRESS_HEADER = "x-forwarded-for";

/** Where the backend listens. Read on every request, so that one build serves every deployment. */
export function apiUrl(): string {
  return (process.env.API_URL || DEFAULT_API_URL).replace(/\/+$/, "");
}

/** Addresses and networks of the proxies that stand before this server, with commas between. */
export function trustedProxyList(): string {
  return process.env.WEB_TRUSTED_PROXIES ?? "";
}

/** The header in which those proxies say from where a request comes. */
export function clientAddressHeader(): string {
  return (process.env.WEB_CLIENT_ADDRESS_HEADER || DEFAULT_CLIENT_ADDRESS_HEADER).toLowerCase();
}
