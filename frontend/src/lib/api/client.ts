import createClient, { type Middleware } from "openapi-fetch";

import { leaveForSignIn } from "@/lib/session/sign-in-address";
import { offlineError, toApiError } from "./errors";
import type { ApiPaths } from "./types";

export const PROXY_BASE = "/api/proxy";

const signedOutMiddleware: Middleware = {
  onResponse({ response }) {
    if (response.status === 401) leaveForSignIn();
  },
  onError: () => offlineError(),
};

export const api = createClient<ApiPaths>({ baseUrl: PROXY_BASE });
api.use(signedOutMiddleware);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; an error answer is thrown as an `ApiError`. */
export async function unwrap<Data>(pending: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await pending;
  if (!response.ok) throw toApiError(response.status, error);
  return data as Data;
}
