import { leaveForSignIn } from "@/lib/session/sign-in-address";
import { api, PROXY_BASE, unwrap } from "./client";
import { offlineError, toApiError } from "./errors";

// An upload that moves no byte for this long is given up.
const STALL_MS = 60_000;

/**
 * Send a form with a file, and tell how much of it has gone out as a fraction. `fetch` cannot tell that.
 * The answer is handed on as it was parsed, for the caller to name its type.
 */
export async function upload<Answer>(path: string, form: FormData, onProgress: (sent: number) => void): Promise<Answer> {
  // A large body is sent once only, so a session that has run out is renewed before.
  await unwrap(api.GET("/auth/me"));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall = setTimeout(() => request.abort(), STALL_MS);
    request.open("POST", PROXY_BASE + path);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
      onProgress(total > 0 ? loaded / total : 0);
    };
    request.onloadend = () => clearTimeout(stall);
    request.onabort = request.onerror = () => reject(offlineError());
    request.onload = () => {
      if (request.status === 401) leaveForSignIn();
      if (request.status >= 200 && request.status < 300) resolve(request.response as Answer);
      else reject(toApiError(request.status, request.response));
    };
    request.send(form);
  });
}
