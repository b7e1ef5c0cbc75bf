import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Usage = Schemas["UsageOut"];

export interface UsageQuery {
  scope: Usage["scope"];
  days: number;
}

/** What model calls of the last days cost, today included. Days are those of UTC, as the budget's are. */
export function useUsage({ scope, days }: UsageQuery) {
  return useQuery({
    queryKey: ["usage", scope, days],
    queryFn: () => {
      const query = { scope, from: dayBefore(days - 1), to: dayBefore(0) };
      return unwrap(api.GET("/agent/usage", { params: { query } }));
    },
  });
}

function dayBefore(days: number): string {
  const moment = new Date();
  moment.setUTCDate(moment.getUTCDate() - days);
  return moment.toISOString().slice(0, 10);
}
