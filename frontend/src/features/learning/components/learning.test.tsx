// @vitest-environment happy-dom
import { fakeNetwork, refusal, show, type Asked } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import type { Report, Share } from "../api/learning";
import type { Proposal } from "../api/proposals";
import { ProposalsCard } from "./proposals-card";
import { ReportsCard } from "./reports-card";
import { ShareFigure } from "./share-figure";

const report = (status: Report["status"]): Report => ({
  id: "r1",
  status,
  since: "2025-08-01T00:00:00Z",
  until: "2025-11-01T00:00:00Z",
  requested_by: null,
  answers: status === "ready" ? 40 : null,
  topics: status === "ready" ? 3 : null,
  error: null,
  created_at: "2025-11-01T00:00:00Z",
  finished_at: null,
});

const share = (count: number, total: number): Share => ({ count, total, value: total ? count / total : null, low: 0.05, high: 0.6 });

const proposal = (change: Partial<Proposal> = {}): Proposal => ({
  id: "p1",
  report_id: "r1",
  topic: "Dividends",
  kind: "document",
  status: "draft",
  title: "How dividends count",
  content: "Returns are **total** returns.",
  expects: ["total return"],
  evidence: [],
  held_out_questions: 6,
  unrelated_questions: 20,
  drafted_by: "offline-analyst",
  applied: null,
  proof: null,
  measuring: null,
  history: [{ what: "drafted", by: null, at: "2025-11-01T00:00:00Z", note: null }],
  created_at: "2025-11-01T00:00:00Z",
  updated_at: "2025-11-01T00:00:00Z",
  ...change,
});

const page = (...items: unknown[]) => Response.json({ items, next_cursor: null });

it("orders a report and follows it until it can be read", async () => {
  let state: Report["status"] | null = null;
  fakeNetwork(({ method }: Asked) => {
    if (method === "POST") state = "running";
    else if (state === "running") {
      state = "ready";
      return page(report("running"));
    }
    return method === "POST" ? Response.json(report("waiting"), { status: 202 }) : page(...(state ? [report(state)] : []));
  });
  const user = show(<ReportsCard selectedId={null} onSelect={() => undefined} />);
  await screen.findByText("No report yet.");
  await user.click(screen.getByRole("button", { name: "Make a report" }));
  expect(await screen.findByRole("progressbar", { name: "Being made" })).toBeDefined();
  await waitFor(() => expect(screen.getByText(/40 answers, 3 topics/)).toBeDefined(), { timeout: 4000 });
});

it("tells a share with how far it may be off, and none as unknown", async () => {
  const user = show(
    <>
      <ShareFigure share={share(1, 4)} of="rated answers" />
      <ShareFigure share={share(0, 0)} of="rated answers" />
    </>,
  );
  await user.hover(screen.getByText("25%"));
  expect((await screen.findByRole("tooltip")).textContent).toBe("1 of 4 rated answers. With 95% confidence between 5% and 60%.");
  expect(screen.getByText("Unknown")).toBeDefined();
});

it("approves, and rejects with a note", async () => {
  const { asked } = fakeNetwork(({ method, path }) => {
    if (method === "GET") return page(proposal(), proposal({ id: "p2", title: "Another" }));
    return Response.json(proposal({ status: path.endsWith("approve") ? "approved" : "rejected" }));
  });
  const user = show(<ProposalsCard />);
  const first = await screen.findByRole("article", { name: "How dividends count" });
  await user.click(within(first).getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(asked.some(({ path }) => path === "/agent/learning/proposals/p1/approve")).toBe(true));
  const second = screen.getByRole("article", { name: "Another" });
  await user.click(within(second).getByRole("button", { name: "Reject" }));
  await user.type(within(second).getByRole("textbox"), "Not ours.");
  await user.click(within(second).getByRole("button", { name: "Reject" }));
  await waitFor(() => expect(asked.find(({ path }) => path.endsWith("/p2/reject"))?.body).toBe('{"note":"Not ours."}'));
});

it("edits a draft, and says so when it could not be kept", async () => {
  const { asked } = fakeNetwork(({ method }) => (method === "GET" ? page(proposal()) : refusal(409, "It was approved already.")));
  const user = show(<ProposalsCard />);
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  await user.type(screen.getByLabelText("Title"), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByRole("alert")).textContent).toContain("It was approved already.");
  expect(JSON.parse(asked.find(({ method }) => method === "PATCH")!.body)).toMatchObject({ title: "How dividends count!" });
});

it("shows what a change did to the topic and to others, and whether that is more than chance", async () => {
  const compared = { before: share(1, 6), after: share(6, 6), gained: 5, lost: 0, p_value: 0.0625, is_significant: false };
  const proof = { before: null, after: null, held_out: compared, unrelated: null, evaluation: null, verdict: "no_difference" as const };
  fakeNetwork(() => page(proposal({ status: "approved", proof })));
  show(<ProposalsCard />);
  const table = await screen.findByRole("table", { name: "Before and after", hidden: true });
  expect(within(table).getByText("may be chance")).toBeDefined();
  expect(screen.getByText("No difference that is more than chance.")).toBeDefined();
});

it("does not let an empty draft be approved", async () => {
  fakeNetwork(() => page(proposal({ content: "" })));
  show(<ProposalsCard />);
  expect(await screen.findByRole("button", { name: "Write it" })).toBeDefined();
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
});

const run = { at: "2025-11-02T10:00:00Z", provider: "offline", held_out: [], unrelated: [], evaluation: null };
const measuring = { status: "running" as const, with_evaluation: true, done: 0, total: 40, error: null, ordered_at: run.at, at: run.at };
const plan = {
  held_out_questions: 6,
  unrelated_questions: 20,
  evaluation_questions: 155,
  provider: "openai",
  model: "gpt-5-mini",
  is_free: false,
  most_calls_a_question: 8,
};

it("says what measuring costs, and leaves the evaluation out where that is wished", async () => {
  const { asked } = fakeNetwork(({ method, path }) => {
    if (method === "POST") return Response.json(proposal(), { status: 202 });
    return path.endsWith("/measure") ? Response.json(plan) : page(proposal());
  });
  const user = show(<ProposalsCard />);
  await user.click(await screen.findByRole("button", { name: "Measure as it is now…" }));
  expect(await screen.findByText(/from 181 to 1,448 calls/)).toBeDefined();
  await user.click(screen.getByRole("checkbox"));
  expect(screen.getByText(/from 26 to 208 calls/)).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Measure" }));
  await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toBe('{"with_evaluation":false}'));
});

it("shows how far a measuring is that was begun before the page was opened, and its outcome", async () => {
  let polls = 0;
  fakeNetwork(({ path }) => {
    if (path.endsWith("/proposals/p1")) {
      polls += 1;
      return Response.json(proposal({ measuring: polls < 2 ? { ...measuring, done: 10 } : { ...measuring, status: "done", done: 40 } }));
    }
    const proof = { before: run, after: null, held_out: null, unrelated: null, evaluation: null, verdict: "pending" as const };
    return page(polls < 2 ? proposal({ measuring }) : proposal({ proof, measuring: { ...measuring, status: "done" } }));
  });
  show(<ProposalsCard />);
  expect((await screen.findByRole("progressbar", { name: "Asking: 10 of 40 questions" })).getAttribute("aria-valuenow")).toBe("25");
  // The page asks every two seconds
  await waitFor(() => expect(screen.getByText(/Measured before on/)).toBeDefined(), { timeout: 20_000 });
  expect(screen.queryByRole("progressbar")).toBeNull();
}, 30_000);

it("says why a measuring came to nothing", async () => {
  const error = { code: "learning_measuring_broken_off", message: "It was broken off. Measure again." };
  fakeNetwork(() => page(proposal({ measuring: { ...measuring, status: "failed", error } })));
  show(<ProposalsCard />);
  expect((await screen.findByRole("alert")).textContent).toContain("It was broken off.");
});

it("names the cases of the evaluation that a change has cost", async () => {
  const compared = { before: share(6, 6), after: share(5, 6), gained: 0, lost: 1, p_value: 1, is_significant: false };
  const failed = [{ case_id: "beta", question: "What is my beta?", problems: ["did not call get_beta"] }];
  const proof = {
    before: { ...run, evaluation: { passed: ["beta"], failed: [] } },
    after: { ...run, evaluation: { passed: [], failed } },
    held_out: compared,
    unrelated: compared,
    evaluation: compared,
    verdict: "no_difference" as const,
  };
  fakeNetwork(() => page(proposal({ status: "approved", proof })));
  show(<ProposalsCard />);
  expect(await screen.findByText("1 case of the evaluation lost")).toBeDefined();
  expect(screen.getByText("did not call get_beta")).toBeDefined();
});
