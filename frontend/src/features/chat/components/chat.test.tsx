// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";

import { done, failed, message, numbered, sseText, START, toolCall, toolResult } from "../stream/__fixtures__/run-events";
import { EMPTY_TURN, type Message } from "../stream/reducer";
import { Chat } from "./chat";

type Route = (request: { path: string; method: string; body: string }) => Response | Promise<Response>;

// The API client takes `fetch` when it is loaded, so this one has to be there before.
const network = vi.hoisted(() => {
  const state = { route: (() => new Response(null, { status: 500 })) as Route };
  globalThis.fetch = async (input, init) => {
    const isRequest = input instanceof Request;
    const url = new URL(isRequest ? input.url : String(input), "http://app.test");
    const body = isRequest ? await input.text() : String(init?.body ?? "");
    const method = (isRequest ? input.method : init?.method) ?? "GET";
    return state.route({ path: url.pathname.replace("/api/proxy", ""), method, body });
  };
  return state;
});

const CONVERSATION = { id: "c1", portfolio_id: "p1", title: "How risky?", mode: "standard", created_at: "2025-11-21T10:00:00Z", updated_at: "2025-11-21T10:00:00Z", active_run_id: null };

let conversationId = 0;
let storedMessages: Message[];
let stream: ReadableStreamDefaultController<Uint8Array>;
let asked: string[];
let bodies: string[];

beforeEach(() => {
  // The store of turns lives as long as the page, so each test has a conversation of its own.
  conversationId += 1;
  storedMessages = [];
  asked = [];
  bodies = [];
  network.route = ({ path, method, body }) => {
    asked.push(`${method} ${path}`);
    bodies.push(body);
    const conversation = { ...CONVERSATION, id: `c${conversationId}` };
    if (path === "/chat/conversations" && method === "POST") return Response.json(conversation, { status: 201 });
    if (path.endsWith("/messages")) return Response.json({ items: storedMessages, next_cursor: null });
    if (path === "/chat/send" || /\/(events|regenerate)$/.test(path)) return eventStream();
    if (path.endsWith("/stop")) return Response.json({ id: "r1", conversation_id: conversation.id, status: "running" }, { status: 202 });
    return Response.json(conversation);
  };
});

function eventStream(): Response {
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const send = (...events: Parameters<typeof numbered>) => stream.enqueue(new TextEncoder().encode(sseText(numbered(...events))));

function Harness({ initial }: { initial: string | null }) {
  const [id, setId] = useState(initial);
  return <Chat conversationId={id} onConversationChange={setId} context={{ portfolio_id: "p1" }} />;
}

function renderChat(initial: string | null = null) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Tooltip.Provider>
        <Harness initial={initial} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

async function askExample() {
  const user = renderChat();
  await user.click(screen.getByRole("button", { name: /compared with the market/ }));
  await waitFor(() => expect(asked).toContain("POST /chat/send"));
  return user;
}

it("starts a conversation from an example question and shows steps and text as they come", async () => {
  await askExample();
  send([START, toolCall("t1")]);
  const step = await screen.findByRole("list", { name: "Steps taken" });
  expect(within(step).getByText("Running:")).toBeDefined();
  send([toolResult("t1"), message("Your beta is **0.79**.")], 3);
  expect((await screen.findByText("0.79")).closest("[aria-busy=true]")).not.toBeNull();
  expect(within(step).getByText("Done:")).toBeDefined();
  send([done("Your beta is **0.79**.")], 5);
  expect(await screen.findByRole("button", { name: "Copy the answer" })).toBeDefined();
  expect(screen.getByText(/gpt-5-mini/)).toBeDefined();
});

it("sends with Enter, starts a line with Shift+Enter and keeps the field's focus", async () => {
  const user = renderChat();
  const field = screen.getByRole("textbox", { name: "Your question" });
  await user.type(field, "One{Shift>}{Enter}{/Shift}two");
  expect(asked).not.toContain("POST /chat/send");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(asked).toContain("POST /chat/send"));
  expect(screen.getByText(/One\s+two/)).toBeDefined();
  expect((field as HTMLTextAreaElement).value).toBe("");
  expect(document.activeElement).toBe(field);
});

it("stops with Escape and says that it was stopped", async () => {
  const user = await askExample();
  send([START, message("A long ans")]);
  await screen.findByText("A long ans");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(asked).toContain("POST /chat/runs/r1/stop"));
  const stopped = done("A long ans");
  send([stopped.type === "done" ? { ...stopped, data: { ...stopped.data, finish_reason: "stopped" } } : stopped], 3);
  expect(await screen.findByText("Stopped before the end.")).toBeDefined();
});

it("keeps the text of a turn that fails and asks again on demand", async () => {
  const user = await askExample();
  send([START, message("Half an ans"), failed]);
  await user.click(await screen.findByRole("button", { name: "Ask again" }));
  expect(asked.filter((request) => request === "POST /chat/send")).toHaveLength(2);
});

it("keeps what was typed when the conversation cannot be started", async () => {
  network.route = () => Response.json({ error: "overloaded", detail: "Too many at once.", request_id: "r" }, { status: 503 });
  const user = renderChat();
  const field = screen.getByRole("textbox", { name: "Your question" });
  await user.type(field, "How risky?{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("Too many at once.");
  expect((field as HTMLTextAreaElement).value).toBe("How risky?");
});

it("joins a run that was under way when the page was opened", async () => {
  const route = network.route;
  network.route = (request) =>
    request.path === `/chat/conversations/c${conversationId}`
      ? Response.json({ ...CONVERSATION, id: `c${conversationId}`, active_run_id: "r1" })
      : route(request);
  renderChat(`c${conversationId}`);
  await waitFor(() => expect(asked).toContain("GET /chat/runs/r1/events"));
  send([START, message("Still here.")]);
  expect(await screen.findByText("Still here.")).toBeDefined();
  send([done("Still here.")], 3);
});

function stored(id: string, role: "user" | "assistant", content: string): Message {
  const base = { ...EMPTY_TURN.answer, id, role, content, parts: [{ type: "text" as const, text: content }] };
  const ending = role === "assistant" ? ("stop" as const) : null;
  return { ...base, finish_reason: ending, conversation_id: `c${conversationId}`, run_id: "r0", created_at: "2025-11-21T10:00:00Z" };
}

async function openStored() {
  storedMessages = [stored("u1", "user", "How risky?"), stored("a1", "assistant", "Not very.")];
  const user = renderChat(`c${conversationId}`);
  await screen.findByText("Not very.");
  return user;
}

it("answers again in the place of the last answer", async () => {
  const user = await openStored();
  await user.click(screen.getByRole("button", { name: "Answer again" }));
  await waitFor(() => expect(asked).toContain("POST /chat/messages/a1/regenerate"));
  expect(screen.queryByText("Not very.")).toBeNull();
  const [start] = numbered([START]);
  send([{ ...start!.event, data: { ...start!.event.data, user_message_id: "u1", assistant_message_id: "a2" } } as typeof START, message("Rather.")]);
  expect(await screen.findByText("Rather.")).toBeDefined();
  expect(screen.getAllByRole("article")).toHaveLength(1);
  send([done("Rather.")], 3);
});

it("asks an edited question in the place of the last one", async () => {
  const user = await openStored();
  await user.click(screen.getByRole("button", { name: "Edit the question" }));
  const field = screen.getByRole("textbox", { name: "Edit the question" });
  await user.clear(field);
  await user.type(field, "How safe?{Enter}");
  await waitFor(() => expect(asked).toContain("POST /chat/send"));
  expect(bodies.at(-1)).toContain('"replaces_message_id":"u1"');
  expect(screen.getByText("How safe?")).toBeDefined();
  expect(screen.queryByText("How risky?", { selector: "div" })).toBeNull();
});

it("keeps a thumb on the stored answer", async () => {
  const user = await openStored();
  const feedback = { id: "f1", rating: "up", reason: null, comment: null, edited_text: null, created_at: "", updated_at: "" };
  const route = network.route;
  network.route = (request) => (request.path.endsWith("/feedback") ? Response.json(feedback) : route(request));
  await user.click(screen.getByRole("button", { name: "Good answer" }));
  expect(await screen.findByRole("button", { name: "Good answer", pressed: true })).toBeDefined();
});

it("renames the conversation, and leaves the name alone on Escape", async () => {
  const user = await openStored();
  await user.click(screen.getByRole("button", { name: "Rename the conversation" }));
  await user.type(screen.getByRole("textbox", { name: "Title of the conversation" }), "x{Escape}");
  expect(asked.some((request) => request.startsWith("PATCH"))).toBe(false);
  await user.click(screen.getByRole("button", { name: "Rename the conversation" }));
  await user.type(screen.getByRole("textbox", { name: "Title of the conversation" }), "{Control>}a{/Control}My risk{Enter}");
  await waitFor(() => expect(bodies.at(-1)).toBe('{"title":"My risk"}'));
});

it("begins a conversation in the mode that was chosen, and changes that of an open one", async () => {
  const user = renderChat();
  await user.selectOptions(screen.getByRole("combobox", { name: "Mode" }), "deep");
  await user.type(screen.getByRole("textbox", { name: "Your question" }), "How risky?{Enter}");
  await waitFor(() => expect(bodies.some((body) => body.includes('"mode":"deep"'))).toBe(true));
  await user.selectOptions(screen.getByRole("combobox", { name: "Mode" }), "offline");
  await waitFor(() => expect(asked.some((request) => request.startsWith("PUT") && request.endsWith("/mode"))).toBe(true));
});
