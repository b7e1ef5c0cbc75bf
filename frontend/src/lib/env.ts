const DEFAULT_API_URL = "http://127.0.0.1:8000";

/** Where the backend listens. Read on every request, so that one build serves every deployment. */
export function apiUrl(): string {
  return (process.env.API_URL || DEFAULT_API_URL).replace(/\/+$/, "");
}
