// @vitest-environment happy-dom
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { Feedback, type FeedbackIn, type FeedbackOut } from "./feedback";

const STORED: FeedbackOut = { id: "f1", rating: "up", reason: null, comment: null, edited_text: null, created_at: "2025-11-21T10:00:00Z", updated_at: "2025-11-21T10:00:00Z" };

function show(save: (given: FeedbackIn) => Promise<unknown> = () => Promise.resolve()) {
  const give = vi.fn(save);
  const withdraw = vi.fn(() => Promise.resolve());
  function Harness() {
    const [feedback, setFeedback] = useState<FeedbackOut | null>(null);
    const onGive = async (given: FeedbackIn) => {
      await give(given);
      setFeedback({ ...STORED, ...given, reason: given.reason ?? null });
    };
    const onWithdraw = async () => {
      await withdraw();
      setFeedback(null);
    };
    return <Feedback noun="answer" feedback={feedback} text="Your beta is 0.79." onGive={onGive} onWithdraw={onWithdraw} />;
  }
  render(<Harness />);
  return { give, withdraw, user: userEvent.setup() };
}

it("keeps a thumb down at once, then the reason, the comment and a better answer", async () => {
  const { give, user } = show();
  await user.click(screen.getByRole("button", { name: "Bad answer" }));
  expect(give).toHaveBeenLastCalledWith({ rating: "down" });
  await user.click(await screen.findByRole("button", { name: "A figure is wrong" }));
  await user.type(screen.getByLabelText("Comment"), "Beta is lower.");
  await user.click(screen.getByRole("button", { name: "Write a better answer" }));
  await user.type(screen.getByLabelText("A better answer"), " Or 0.78.");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(give).toHaveBeenLastCalledWith({
    rating: "down",
    reason: "wrong_figure",
    comment: "Beta is lower.",
    edited_text: "Your beta is 0.79. Or 0.78.",
  });
  await waitFor(() => expect(screen.queryByRole("form")).toBeNull());
  expect(screen.getByRole("button", { name: "Change what you said" })).toBeDefined();
});

it("takes a thumb back when it is pressed again", async () => {
  const { withdraw, user } = show();
  await user.click(screen.getByRole("button", { name: "Good answer" }));
  const thumb = screen.getByRole("button", { name: "Good answer", pressed: true });
  await user.click(thumb);
  expect(withdraw).toHaveBeenCalledOnce();
  await waitFor(() => expect(thumb.getAttribute("aria-pressed")).toBe("false"));
});

it("says so when it could not be kept, and shows no thumb as given", async () => {
  const { user } = show(() => Promise.reject(new Error("Too many at once.")));
  await user.click(screen.getByRole("button", { name: "Good answer" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Too many at once.");
  expect(screen.queryByRole("button", { pressed: true })).toBeNull();
});
