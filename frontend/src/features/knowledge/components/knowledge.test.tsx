// @vitest-environment happy-dom
import { fakeNetwork, show } from "@/test/network";
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import type { Document, Passage } from "../api/knowledge";
import { DocumentsCard } from "./documents-card";
import { SearchCard } from "./search-card";

const document = (id: string, change: Partial<Document> = {}): Document => ({
  id,
  scope: "tenant:t1",
  key: `${id}.md`,
  title: `Document ${id}`,
  media_type: "text/markdown",
  tags: [],
  status: "ready",
  error: null,
  embedding_model: "m",
  chunk_count: 3,
  chunks_to_embed: 0,
  chunks_embedded: 0,
  created_at: "2025-11-21T10:00:00Z",
  updated_at: "2025-11-21T10:00:00Z",
  ...change,
});

const page = (...items: Document[]) => Response.json({ items, next_cursor: null });

it("follows a document while it is indexed, until it is ready", async () => {
  let asked = 0;
  fakeNetwork(() => {
    asked += 1;
    return asked === 1 ? page(document("a", { status: "indexing", chunks_to_embed: 4, chunks_embedded: 1 })) : page(document("a"));
  });
  show(<DocumentsCard />);
  expect((await screen.findByRole("progressbar", { name: "Indexing" })).getAttribute("aria-valuenow")).toBe("25");
  await waitFor(() => expect(screen.getByText("Ready")).toBeDefined(), { timeout: 4000 });
});

it("says why a document failed, and deletes only what is not the product's", async () => {
  const failed = document("a", { status: "failed", error: { code: "unreadable", message: "The file holds no text." } });
  const { asked } = fakeNetwork(({ method }) => (method === "DELETE" ? new Response(null, { status: 204 }) : page(failed, document("b", { scope: "global" }))));
  const user = show(<DocumentsCard />);
  expect(await screen.findByText("Failed: The file holds no text.")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Delete: Document b" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Delete: Document a" }));
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(asked.some(({ method, path }) => method === "DELETE" && path === "/agent/kb/documents/a")).toBe(true));
});

it("shows how each half of the search ranks a passage, and what would be used", async () => {
  const passage: Passage = {
    chunk_id: "k1", document_id: "a", scope: "global", title: "Value at risk", section: "Limits", content: "Text.", chunk_index: 0,
    vector_rank: 2, similarity: 0.61, text_rank: null, text_score: null, coverage: 0, rank: 1, score: 0.0161, relevance: 0.58, is_used: true,
  };
  const { asked } = fakeNetwork(() =>
    Response.json({ question: "q", embedding_model: "m", scopes: [], threshold: 0.4, passages: [passage, { ...passage, chunk_id: "k2", rank: 2, is_used: false }] }),
  );
  const user = show(<SearchCard />);
  await user.type(screen.getByLabelText("A question"), "What is VaR?{Enter}");
  expect((await screen.findByText(/would be given/)).textContent).toContain("given 1 of these 2");
  expect(asked[0]?.query.get("q")).toBe("What is VaR?");
  expect(screen.getAllByText("Unknown")).toHaveLength(2);
  expect(screen.getAllByText("similarity 0.61")).toHaveLength(2);
});
