// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import type { Asked } from "@/test/network";
import { QuestionsPanel } from "./questions-panel";

const chunk = (section: string, index: number) => ({ id: `k${index}`, section, content: "Text.", chunk_index: index, span_start: 0, span_end: 5 });

const WHOLE = {
  id: "a",
  updated_at: "2025-11-21T10:00:00Z",
  body: "Text.",
  questions: [{ text: "Who decides?", section: "Approval" }],
  chunks: [chunk("Approval", 0), chunk("Limits", 1), chunk("Limits", 2), chunk("", 3)],
};

const models = (...providers: string[]) => Response.json({ items: providers.map((provider) => ({ provider, model: provider, price: null })) });

function network(suggest: (asked: Asked) => Response, ...providers: string[]) {
  return fakeNetwork((asked) => {
    if (asked.path === "/agent/models") return models(...providers);
    if (asked.path.endsWith("/suggested-questions")) return suggest(asked);
    return Response.json(WHOLE);
  });
}

const nothing = () => refusal(500, "Not to be asked.");

it("asks for the sections that have no question, and saves what was taken, as it was worded", async () => {
  const { asked } = network(({ body }) => {
    const { section } = JSON.parse(body) as { section: string };
    return Response.json({ section, questions: section === "Limits" ? ["How much of one name?", "Is gold allowed?"] : [] });
  }, "openai", "offline");
  const user = show(<QuestionsPanel id="a" />);
  const button = await screen.findByText("Suggest questions");
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  await user.click(button);

  await user.click(await screen.findByLabelText("Take: Is gold allowed?"));
  const worded = screen.getByDisplayValue("How much of one name?");
  await user.clear(worded);
  await user.paste("How much in one name?");
  await user.click(await screen.findByText("Save 2 questions"));

  await waitFor(() => expect(asked.some(({ method }) => method === "PATCH")).toBe(true));
  expect(asked.filter(({ path }) => path.endsWith("/suggested-questions")).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { section: "Limits" },
    { section: "" },
  ]);
  expect(JSON.parse(asked.find(({ method }) => method === "PATCH")?.body ?? "")).toEqual({
    questions: [
      { text: "Who decides?", section: "Approval" },
      { text: "How much in one name?", section: "Limits" },
    ],
  });
});

it("says plainly that suggesting needs a provider, and lets one write a question", async () => {
  network(nothing, "offline");
  const user = show(<QuestionsPanel id="a" />);
  expect(await screen.findByText(/needs an AI provider/)).toBeDefined();
  expect(screen.getByText("Suggest questions")).toHaveProperty("disabled", true);
  await user.click(screen.getByText("Write one"));
  await user.click(screen.getByLabelText("Question"));
  await user.paste("May I sell?");
  expect(screen.getByText("Save 2 questions")).toBeDefined();
});

it("keeps what was there when a provider fails", async () => {
  network(() => refusal(503, "The AI provider could not suggest questions."), "claude", "offline");
  const user = show(<QuestionsPanel id="a" />);
  const button = await screen.findByText("Suggest questions");
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  await user.click(button);
  expect((await screen.findByRole("alert")).textContent).toContain("could not suggest");
  expect(screen.getByDisplayValue("Who decides?")).toBeDefined();
});
