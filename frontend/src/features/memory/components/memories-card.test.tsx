// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { Memory } from "../api/memories";
import { MemoriesCard } from "./memories-card";

const memory = (id: string, change: Partial<Memory> = {}): Memory => ({
  id,
  scope: "user",
  portfolio_id: null,
  kind: "fact",
  content: `Fact ${id}`,
  tags: [],
  status: "active",
  source_message_id: null,
  replaces_id: null,
  use_count: 2,
  last_used_at: null,
  created_at: "2025-11-21T10:00:00Z",
  updated_at: "2025-11-21T10:00:00Z",
  ...change,
});

let stored: Memory[];
let network: ReturnType<typeof fakeNetwork>;

beforeEach(() => {
  stored = [memory("a"), memory("t", { scope: "tenant", content: "House rule" })];
  network = fakeNetwork(({ method, path, query, body }) => {
    const id = path.split("/").at(-1);
    if (method === "GET") return Response.json({ items: stored.filter(({ status }) => status === query.get("status")), next_cursor: null });
    if (method === "POST") stored.unshift(memory("new", JSON.parse(body)));
    if (method === "PATCH") stored = stored.map((each) => (each.id === id ? { ...each, ...JSON.parse(body) } : each));
    if (method === "DELETE") stored = path.endsWith("/memories") ? stored.filter(({ scope }) => scope !== "user") : stored.filter((each) => each.id !== id);
    return Response.json(method === "DELETE" ? { deleted: 1 } : stored[0]);
  });
});

it("keeps a draft only when the person says so, and names what goes for it", async () => {
  stored.unshift(memory("d", { status: "draft", content: "I retire in 2041.", replaces_id: "a" }));
  const user = show(<MemoriesCard isAdministrator={false} />);
  const drafts = await screen.findByRole("region", { name: "To confirm" });
  expect(drafts.textContent).toContain("Takes the place of: Fact a");
  await user.click(within(drafts).getByRole("button", { name: "Keep: I retire in 2041." }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "To confirm" })).toBeNull());
  expect(screen.getByText("I retire in 2041.")).toBeDefined();
});

it("changes a memory", async () => {
  const user = show(<MemoriesCard isAdministrator={false} />);
  await user.click(await screen.findByRole("button", { name: "Edit: Fact a" }));
  await user.type(screen.getByLabelText("What to remember"), " indeed");
  await user.selectOptions(screen.getByLabelText("Kind"), "rule");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Fact a indeed")).toBeDefined();
  expect(JSON.parse(network.asked.find(({ method }) => method === "PATCH")!.body)).toEqual({ content: "Fact a indeed", kind: "rule" });
});

it("leaves what is everybody's to administrators", async () => {
  show(<MemoriesCard isAdministrator={false} />);
  await screen.findByText("House rule");
  expect(screen.queryByRole("button", { name: "Forget: House rule" })).toBeNull();
});

it("asks once more before it forgets, one and all", async () => {
  const user = show(<MemoriesCard isAdministrator />);
  await user.click(await screen.findByRole("button", { name: "Forget: House rule" }));
  expect(network.asked.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Forget" }));
  await waitFor(() => expect(screen.queryByText("House rule")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Forget all that is mine" }));
  await user.click(screen.getByRole("button", { name: "Forget everything about me" }));
  expect(await screen.findByText("Nothing is remembered yet.")).toBeDefined();
});

it("keeps the words when they could not be saved", async () => {
  const user = show(<MemoriesCard isAdministrator={false} />);
  await user.click(await screen.findByRole("button", { name: "Add" }));
  await user.type(screen.getByLabelText("What to remember"), "I retire in 2040.");
  fakeNetwork(() => refusal(409, "This is remembered already."));
  await user.click(screen.getByRole("button", { name: "Remember" }));
  expect((await screen.findByRole("alert")).textContent).toContain("This is remembered already.");
  expect(screen.getByLabelText<HTMLTextAreaElement>("What to remember").value).toBe("I retire in 2040.");
});
