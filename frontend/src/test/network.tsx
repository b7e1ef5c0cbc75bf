import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

export interface Asked {
  method: string;
  /** Below the proxy, without the query. */
  path: string;
  query: URLSearchParams;
  body: string;
}

type Route = (asked: Asked) => Response | Promise<Response>;

export const refusal = (status: number, detail: string) => Response.json({ error: "refused", detail, request_id: "r" }, { status });

// The API client takes `fetch` when it is loaded: import this module before any component.
const state = { route: (() => refusal(500, "No route.")) as Route, asked: [] as Asked[] };

globalThis.fetch = async (input, init) => {
  const request = new Request(input instanceof Request ? input : new URL(String(input), "http://app.test"), init);
  const url = new URL(request.url);
  const asked = { method: request.method, path: url.pathname.replace("/api/proxy", ""), query: url.searchParams, body: await request.text() };
  state.asked.push(asked);
  return state.route(asked);
};

/** From here on requests are answered by `route`; what is asked is written down. */
export function fakeNetwork(route: Route): { asked: Asked[] } {
  state.route = route;
  state.asked = [];
  return { asked: state.asked };
}

/** Draw it as a page would, with what all pages share. */
export function show(element: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Tooltip.Provider delayDuration={0}>{element}</Tooltip.Provider>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}
