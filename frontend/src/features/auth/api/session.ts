import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, PROXY_BASE, unwrap } from "@/lib/api/client";
import { offlineError, toApiError } from "@/lib/api/errors";
import type { Schemas } from "@/lib/api/types";

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

const ME = ["me"] as const;

export function useMe() {
  return useQuery({ queryKey: ME, queryFn: () => unwrap(api.GET("/auth/me")), staleTime: Infinity });
}

export function useChangeAccount() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["AccountPatch"]) => unwrap(api.PATCH("/auth/me", { body })),
    onSuccess: (me) => queryClient.setQueryData(ME, me),
  });
}

/** Delete all that this person has said. They stay signed in: the account and the portfolios remain. */
export function useForgetMe() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => unwrap(api.POST("/auth/me/forget", { body: { password } })),
    // Whatever is kept in this browser may quote it.
    onSuccess: () => queryClient.invalidateQueries(),
  });
}

/** Where a browser downloads what one has said, a message a line. */
export const EXPORT_ADDRESS = `${PROXY_BASE}/chat/export`;

async function requestSession(method: "POST" | "DELETE", body?: Credentials): Promise<void> {
  const headers = { "content-type": "application/json" };
  const sent = fetch("/api/session", { method, headers, body: body ? JSON.stringify(body) : null });
  const response = await sent.catch(() => {
    throw offlineError();
  });
  if (!response.ok) throw toApiError(response.status, await response.json().catch(() => null));
}
