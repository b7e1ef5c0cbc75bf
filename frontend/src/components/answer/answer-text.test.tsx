// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { expect, it, vi } from "vitest";

import type { Citation, GroundedFigure } from "./answer-marks";
import { AnswerText } from "./answer-text";

const TEXT = "The loss is **$6,389** (1.59 %) [1]. It may be 77.";

function figure(text: string, origin: GroundedFigure["origin"]): GroundedFigure {
  const start = TEXT.indexOf(text);
  return { start, end: start + text.length, text, origin };
}

const source = { kind: "tool" as const, name: "get_value_at_risk", path: "p", label: "value at risk", as_of: "2025-11-21" };
const FIGURES: GroundedFigure[] = [
  figure("$6,389", { status: "traced", source: { ...source, value: 6389.237 } }),
  figure("1.59 %", { status: "derived", operation: "ratio", operands: [{ ...source, value: 6389.237 }, { ...source, label: "nav", value: 400000 }] }),
  figure("77", { status: "untraced" }),
];
const CITATION: Citation = { mark: 1, document_id: "d1", chunk_id: "k1", scope: "global", title: "Value at risk", section: "", quote: "q", span_start: 0, span_end: 1 };

function show(text = TEXT, offset = 0, onOpenCitation = vi.fn()) {
  render(
    <Tooltip.Provider delayDuration={0}>
      <AnswerText text={text} offset={offset} provenance={{ figures: FIGURES, citations: [CITATION] }} onOpenCitation={onOpenCitation} />
    </Tooltip.Provider>,
  );
  return onOpenCitation;
}

it("shows where a figure comes from when the keyboard reaches it", async () => {
  show();
  await userEvent.tab();
  const tip = (await screen.findByRole("tooltip")).textContent;
  expect(tip).toContain("Value at risk: value at risk");
  expect(tip).toContain("6,389.24");
  expect(tip).toContain("Nov 21, 2025");
});

it("shows where a figure comes from when it is tapped", async () => {
  show();
  await userEvent.click(screen.getByText("1.59 %"));
  const tip = (await screen.findByRole("tooltip")).textContent;
  expect(tip).toContain("Computed: the ratio of");
  expect(tip).toContain("nav, 400,000");
});

it("tells of a figure without a source in words, not by colour alone", () => {
  show();
  expect(screen.getByText(/^77/).textContent).toBe("77? (no source found)");
});

it("opens the passage that a mark names", async () => {
  const open = show();
  await userEvent.click(screen.getByRole("button", { name: "Source 1" }));
  expect(open).toHaveBeenCalledExactlyOnceWith(CITATION);
});

it("counts places from the start of the whole answer", () => {
  show(TEXT.slice(12), 12);
  expect(screen.getByText("$6,389").getAttribute("role")).toBe("note");
});

it("marks nothing whose place holds something else", () => {
  show(TEXT, 3);
  expect(screen.queryByRole("note")).toBeNull();
});

it("takes marks in code for the code's own", () => {
  show("Write `a[1]` or [1].");
  expect(screen.getAllByRole("button")).toHaveLength(1);
});
