// @vitest-environment happy-dom
import { fakeNetwork, show } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { Model, Rule, RuleIn } from "../api/rules";
import { RulesCard } from "./rules-card";

const MODELS: Model[] = [
  { provider: "openai", model: "gpt-5-mini", price: null },
  { provider: "claude", model: "claude-sonnet-4-5", price: null },
];

const rule = (change: Partial<Rule> = {}): Rule => ({
  id: "a",
  priority: 10,
  task: "chat",
  mode: "deep",
  share: 20,
  provider: "claude",
  model: "claude-sonnet-4-5",
  variant: "trial",
  is_enabled: true,
  updated_by: null,
  created_at: "2025-11-21T10:00:00Z",
  updated_at: "2025-11-21T10:00:00Z",
  ...change,
});

let stored: Rule[];
let network: ReturnType<typeof fakeNetwork>;

const sent = (method: string) => JSON.parse(network.asked.find((each) => each.method === method)!.body) as RuleIn;

beforeEach(() => {
  stored = [rule()];
  network = fakeNetwork(({ method, path, body }) => {
    if (path.endsWith("/agent/models")) return Response.json({ items: MODELS });
    if (method === "GET") return Response.json({ items: stored });
    if (method === "POST") stored.push(rule({ id: "new", ...JSON.parse(body) }));
    if (method === "PUT") stored = stored.map((each) => ({ ...each, ...JSON.parse(body) }));
    if (method === "DELETE") stored = [];
    return method === "DELETE" ? new Response(null, { status: 204 }) : Response.json(stored.at(-1));
  });
});

it("says in a sentence whom a rule concerns", async () => {
  stored.push(rule({ id: "b", task: null, mode: null, share: 100, model: "gpt-5-mini", provider: "openai", variant: "all" }));
  show(<RulesCard />);
  expect((await screen.findByText(/Questions in deep mode, for 20 % of people/)).textContent).toContain("claude-sonnet-4-5");
  expect(screen.getByText(/Every call, for everybody/).textContent).toContain("gpt-5-mini");
});

it("adds a rule for a model that is configured", async () => {
  const user = show(<RulesCard />);
  await user.click(await screen.findByRole("button", { name: "Add a rule" }));
  const sheet = within(screen.getByRole("dialog"));
  await user.selectOptions(sheet.getByLabelText("What is asked"), "Insights");
  await user.selectOptions(sheet.getByLabelText("Is answered by"), "gpt-5-mini (openai)");
  await user.clear(sheet.getByLabelText("Share of people, %"));
  await user.type(sheet.getByLabelText("Share of people, %"), "50");
  await user.type(sheet.getByLabelText("Name of the variant"), "mini");
  await user.click(sheet.getByRole("button", { name: "Add" }));
  await screen.findByText(/Insights, for 50 % of people/);
  expect(sent("POST")).toEqual({
    priority: 100, task: "insight", mode: null, share: 50, provider: "openai", model: "gpt-5-mini", variant: "mini", is_enabled: true,
  });
});

it("switches a rule off and leaves the rest of it as it is", async () => {
  const user = show(<RulesCard />);
  await user.click(await screen.findByRole("button", { name: "Switch off: trial" }));
  await screen.findByRole("button", { name: "Switch on: trial" });
  expect(sent("PUT")).toEqual({
    priority: 10, task: "chat", mode: "deep", share: 20, provider: "claude", model: "claude-sonnet-4-5", variant: "trial", is_enabled: false,
  });
});

it("shows at the field what the server says of it, and keeps what was typed", async () => {
  fakeNetwork(({ method, path }) => {
    if (path.endsWith("/agent/models")) return Response.json({ items: MODELS });
    if (method === "GET") return Response.json({ items: stored });
    const fields = [{ field: "model", problem: "is not one that claude offers here" }];
    return Response.json({ error: "invalid_request", detail: "No.", request_id: "r", fields }, { status: 422 });
  });
  const user = show(<RulesCard />);
  await user.click(await screen.findByRole("button", { name: "Edit: trial" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Is not one that claude offers here.");
  expect(screen.getByLabelText<HTMLInputElement>("Name of the variant").value).toBe("trial");
});

it("deletes a rule when it is confirmed", async () => {
  const user = show(<RulesCard />);
  await user.click(await screen.findByRole("button", { name: "Delete: trial" }));
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(screen.getByText("No rules: the default model answers everything.")).toBeDefined());
});
