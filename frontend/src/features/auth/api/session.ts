import { useMutation, useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import { offlineError, toApiError } from "@/lib/api/errors";

export interface Credentials {
  email: string;
  password: string;
}

export function useSignIn() {
  return useMutation({ mutationFn: (credentials: Credentials) => requestSession("POST", credentials) });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => requestSession("DELETE") });
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => unwrap(api.GET("/auth/me")), staleTime: Infinity });
}

async function requestSession(method: "POST" | "DELETE", body?: Credentials): Promise<void> {
  const headers = { "content-type": "application/json" };
  const sent = fetch("/api/session", { method, headers, body: body ? JSON.stringify(body) : null });
  const response = await sent.catch(() => {
    throw offlineError();
  });
  if (!response.ok) throw toApiError(response.status, await response.json().catch(() => null));
}
