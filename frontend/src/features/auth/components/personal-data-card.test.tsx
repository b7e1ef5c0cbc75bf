// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { PersonalDataCard } from "./personal-data-card";

it("gives what one has said as a file", () => {
  fakeNetwork(() => refusal(500, "Nothing is asked."));
  show(<PersonalDataCard />);
  const link = screen.getByRole("link", { name: "Download" });
  expect([link.getAttribute("href"), link.getAttribute("download")]).toEqual(["/api/proxy/chat/export", "conversations.jsonl"]);
});

it("deletes only with the password, and says what is gone", async () => {
  const { asked } = fakeNetwork(() => new Response(null, { status: 204 }));
  const user = show(<PersonalDataCard />);
  await user.click(screen.getByRole("button", { name: "Delete…" }));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Delete all of it for good" }).disabled).toBe(true);
  await user.type(screen.getByLabelText("Your password"), "secret words");
  await user.click(screen.getByRole("button", { name: "Delete all of it for good" }));
  expect(await screen.findByText("Everything that you had said is deleted.")).toBeDefined();
  expect(asked.map(({ path, body }) => [path, body])).toEqual([["/auth/me/forget", '{"password":"secret words"}']]);
});

it("says so when the password is wrong, and deletes nothing", async () => {
  fakeNetwork(() => refusal(403, "The password is wrong."));
  const user = show(<PersonalDataCard />);
  await user.click(screen.getByRole("button", { name: "Delete…" }));
  await user.type(screen.getByLabelText("Your password"), "no{Enter}");
  expect(await screen.findByText("Nothing was deleted. The password is wrong.")).toBeDefined();
  expect(screen.getByLabelText("Your password").getAttribute("aria-invalid")).toBe("true");
});
