// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { AssistantToken } from "../api/tokens";
import { AssistantsCard } from "./assistants-card";

const URL = "https://sigmasight.example/mcp";
const SECRET = "sigmasight_0123456789";

const token = (id: string, change: Partial<AssistantToken> = {}): AssistantToken => ({
  id,
  name: `Assistant ${id}`,
  created_at: "2025-11-21T10:00:00Z",
  expires_at: "2999-02-19T10:00:00Z",
  last_used_at: null,
  ...change,
});

let stored: AssistantToken[];
let url: string | null;
let network: ReturnType<typeof fakeNetwork>;

beforeEach(() => {
  stored = [token("a")];
  url = URL;
  network = fakeNetwork(({ method, path, body }) => {
    if (method === "POST") {
      stored.unshift(token("new", { name: JSON.parse(body).name }));
      return Response.json({ ...stored[0], token: SECRET }, { status: 201 });
    }
    if (method === "DELETE") stored = stored.filter(({ id }) => id !== path.split("/").at(-1));
    return method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({ url, most: 3, items: stored });
  });
});

it("shows a token once, with what an assistant is given of it", async () => {
  const user = show(<AssistantsCard />);
  await user.click(await screen.findByRole("button", { name: "New token" }));
  await user.type(screen.getByLabelText("Which assistant it is for, and where"), " Laptop ");
  await user.selectOptions(screen.getByLabelText("Holds for"), "One year");
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  const shown = await screen.findByRole("region", { name: "The token for Laptop" });
  expect(JSON.parse(network.asked.find(({ method }) => method === "POST")!.body)).toEqual({ name: "Laptop", days: 365 });
  expect(within(shown).getByLabelText("Token").textContent).toBe(SECRET);
  expect(JSON.parse(within(shown).getByLabelText("Configuration").textContent)).toEqual({
    mcpServers: { sigmasight: { type: "http", url: URL, headers: { Authorization: `Bearer ${SECRET}` } } },
  });
  await user.click(within(shown).getByRole("button", { name: "I have copied it" }));
  expect(document.body.textContent).not.toContain(SECRET);
  expect(screen.getByText("Laptop")).toBeDefined();
});

it("asks once more before it revokes", async () => {
  const user = show(<AssistantsCard />);
  await user.click(await screen.findByRole("button", { name: "Revoke: Assistant a" }));
  expect(network.asked.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(screen.getByText("No assistant has a token yet.")).toBeDefined());
});

it("says of each how long it holds and whether it is used", async () => {
  stored = [token("b", { expires_at: "2025-01-02T10:00:00Z", last_used_at: "2025-01-01T10:00:00Z" }), token("c")];
  show(<AssistantsCard />);
  const [expired, unused] = await screen.findAllByRole("listitem");
  expect(expired!.textContent).toContain("Expired Jan 2, 2025 · last used ");
  expect(unused!.textContent).toContain("Holds until Feb 19, 2999 · never used");
});

it("makes no more than there may be", async () => {
  stored = [token("a"), token("b"), token("c")];
  show(<AssistantsCard />);
  expect(await screen.findByText(/Revoke one to make another/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "New token" })).toBeNull();
});

it("says that the server has none of it, and still revokes", async () => {
  url = null;
  show(<AssistantsCard />);
  expect(await screen.findByText("Other assistants are switched off on this server.")).toBeDefined();
  expect(screen.queryByRole("button", { name: "New token" })).toBeNull();
  expect(screen.getByRole("button", { name: "Revoke: Assistant a" })).toBeDefined();
});

it("keeps the name when no token could be made", async () => {
  const user = show(<AssistantsCard />);
  await user.click(await screen.findByRole("button", { name: "New token" }));
  await user.type(screen.getByLabelText("Which assistant it is for, and where"), "Laptop");
  fakeNetwork(() => refusal(409, "There are 10 tokens."));
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect((await screen.findByRole("alert")).textContent).toContain("There are 10 tokens.");
  expect(screen.getByLabelText<HTMLInputElement>("Which assistant it is for, and where").value).toBe("Laptop");
});
