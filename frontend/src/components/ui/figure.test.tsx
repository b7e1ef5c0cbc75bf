// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { expect, it } from "vitest";

import { percent } from "@/lib/format";
import { Figure } from "./figure";

const show = (figure: ReactNode) => render(<Tooltip.Provider delayDuration={0}>{figure}</Tooltip.Provider>);
const signed = (value: number) => percent(value, { signed: true });

it("writes a loss with its sign, not by colour alone", () => {
  show(<Figure value={-0.05} format={signed} change />);
  expect(screen.getByText("\u22125.00%").className).toContain("text-loss");
});

it("shows a zero as a zero without a colour", () => {
  show(<Figure value={0} format={signed} change />);
  expect(screen.getByText("0.00%").className).not.toMatch(/gain|loss/);
});

it("shows an unknown figure as a dash whose reason the keyboard reaches", async () => {
  show(<Figure value={null} format={signed} reason="Needs 252 daily returns; there are 119." />);
  expect(screen.getByText("Unknown")).toBeDefined();
  await userEvent.tab();
  expect((await screen.findByRole("tooltip")).textContent).toBe("Needs 252 daily returns; there are 119.");
});
